"""The whole bot, over HTTP and websockets, as people use it."""
