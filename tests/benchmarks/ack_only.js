// A Bolt for JavaScript app that only acknowledges. Its settings stand in the environment.
const { App, HTTPReceiver, LogLevel } = require("@slack/bolt");

const receiver = new HTTPReceiver({ signingSecret: process.env.SLACK_SIGNING_SECRET, logLevel: LogLevel.WARN });
const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  receiver,
  logLevel: LogLevel.WARN,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});
app.command("/ticket", async ({ ack }) => {
  await ack();
});
app.start({ port: Number(process.env.PORT), host: "127.0.0.1" });
