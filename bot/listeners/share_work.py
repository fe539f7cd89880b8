"""Sharing a page in a channel: checked again, rebuilt, compared with what was shown, and posted once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from bot.access import Access, Asker, Deed, Permit, Refusal
from bot.audit import Audit, Result
from bot.audit import refused as result_of
from bot.blocks import share_form
from bot.blocks.ids import ShareSpot
from bot.blocks.refused import why_refused
from bot.blocks.screen import Screen
from bot.blocks.shared import Shared, shared_page
from bot.clicks import carried
from bot.leadsquared.model import Conversation
from bot.listeners.audited import record
from bot.listeners.errands import Errands, OneAnswer
from bot.listeners.places import Answer, AnswerAsView, Place
from bot.listeners.reading import Outcome, Readings, outcome_of
from bot.listeners.talks import Talk, TooLate, web_api
from bot.shares import ShareOutcome, Shares, ShareState, SharesUnavailable, Submission
from bot.slack_client import SlackClient
from bot.slack_errors import reason, refusal
from bot.slack_text import permalink
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)

# People are told to share again, if they see nothing come of it within a minute: it must not be posted after that.
POSTING_SECONDS = 45.0


@dataclass(frozen=True)
class Share:
    """A form that was submitted: by whom, which one, with what shown in it, and which `parts` were ticked at last.

    `domain` is the workspace's, "" where it is not known.
    """

    asker: Asker
    submission: Submission
    spot: ShareSpot
    parts: tuple[str, ...]
    domain: str = ""

    @property
    def ticket_id(self) -> int:
        """The ticket that is shared."""
        return self.spot.page.ticket_id


class _Ready(NamedTuple):
    """A share that was checked: the person may, and all is as it was shown."""

    permit: Permit
    shared: Shared


@dataclass(frozen=True)
class ShareWork:
    """Builds what is shared, and posts it.

    `lane` is where Slack is asked who may; the lane for Slack posts. `url` makes a ticket page's address.
    """

    shares: Shares
    access: Access
    readings: Readings
    errands: Errands
    lane: Lane
    client: SlackClient
    audit: Audit
    url: Callable[[int], str | None]
    clock: Callable[[], float] = time.monotonic

    def form(self, spot: ShareSpot, user_id: str) -> Callable[[Conversation], Answer]:
        """Return what makes the form that shows what would be posted."""

        def make(conversation: Conversation) -> Answer:
            shared = self._shared(conversation, spot, spot.parts, user_id)
            if shared is None:
                return share_form.page_gone(spot.page.ticket_id)
            closed = share_form.not_posted(spot.page.ticket_id, share_form.CLOSED)
            return AnswerAsView(share_form.share_form(shared, spot), closed)

        return make

    def post(self, permit: Permit, share: Share, place: Place) -> None:
        """Post what a form showed, and tell at `place` what came of it. Never waits. Raises LaneFull."""
        until = self.clock() + POSTING_SECONDS
        try:
            future = self.readings.conversation(permit, share.ticket_id)
        except LaneFull:
            self._write_down(share, Result.BUSY)
            raise
        future.add_done_callback(carried(lambda done: self._queue(share, done, place, until)))

    def _queue(self, share: Share, done: Future[Conversation], place: Place, until: float) -> None:
        what = f"Share ticket {share.ticket_id} in {share.spot.channel_id} for {share.asker.user_id}"
        one = OneAnswer()

        def work() -> None:
            checked = self._checked(share, done, what)
            if one.take():
                self._begin(share, checked, place, until, what)

        def dropped() -> None:
            if one.take():
                self._write_down(share, Result.RESTARTING)
                self.errands.show(place, what, share_form.restarting(share.ticket_id))

        try:
            self.lane.submit(work, dropped, who=share.asker.user_id)
        except LaneFull:
            log.warning("%s: lane %s is full", what, self.lane.name)
            self._write_down(share, Result.BUSY)
            self.errands.show(place, what, share_form.not_posted(share.ticket_id, share_form.busy()))

    def _begin(self, share: Share, checked: _Ready | Outcome, place: Place, until: float, what: str) -> None:
        """Queue the talk with Slack: nothing has been posted before it begins."""
        patience = max(0.0, until - self.clock())
        talk = partial(self._go_on, share, checked, place, until)
        if not self.errands.call_slack(what, talk, place, patience=patience):
            self._write_down(share, Result.BUSY)

    def _checked(self, share: Share, done: Future[Conversation], what: str) -> _Ready | Outcome:
        """Check a share, or say why it cannot be: nothing has been posted."""
        try:
            checked = outcome_of(share.ticket_id, done, partial(self._check, share))
        except Exception as error:  # noqa: BLE001 (whatever broke, the person gets an answer)
            return Outcome(self.errands.broken(what, error), Result.BROKEN)
        if isinstance(checked, Outcome) and done.exception():
            return checked._replace(answer=_unread(share, checked.answer))
        return checked

    def _check(self, share: Share, conversation: Conversation) -> _Ready | Outcome:
        """Check again, rebuild, and compare."""
        verdict = self.access.ask(share.asker, Deed.SHARE, channel_as_it_is_now=True)
        if isinstance(verdict, Refusal):
            return Outcome(share_form.not_posted(share.ticket_id, why_refused(verdict)), result_of(verdict))
        shared = self._shared(conversation, share.spot, share.parts, share.asker.user_id)
        if shared is None:
            return Outcome(share_form.page_gone(share.ticket_id), Result.CHANGED)
        if shared.digest != share.spot.digest:
            as_ticked = set(share.parts) == set(share.spot.parts)
            why = share_form.CHANGED if as_ticked else share_form.NOT_AS_TICKED
            return Outcome(_again(share, shared, why), Result.CHANGED)
        return _Ready(verdict, shared)

    def _go_on(self, share: Share, checked: _Ready | Outcome, place: Place, until: float) -> Talk[None]:
        """Post what is ready, and tell what came of it."""
        try:
            if isinstance(checked, Outcome):
                outcome: Outcome | None = checked
            elif self.clock() < until:
                outcome = yield from self._post_once(checked, share, place)
            else:
                outcome = Outcome(_again(share, checked.shared, share_form.busy()), Result.BUSY)
        except Exception as error:  # noqa: BLE001 (how far it came is not known, and that is what the person is told)
            self.errands.log_error(f"Sharing ticket {share.ticket_id}", error)
            outcome = Outcome(share_form.maybe_posted(share.spot), Result.DOUBT)
        if outcome:
            self._write_down(share, outcome.result)
            # With a patience of its own: what Slack took late is told all the same.
            self.errands.talks.run(self._tell(outcome, place))

    def _tell(self, outcome: Outcome, place: Place) -> Talk[None]:
        yield from place.show(outcome.answer)
        self.errands.answered()

    def _post_once(self, ready: _Ready, share: Share, place: Place) -> Talk[Outcome | None]:
        """Post, if nobody did. None when another thread or process tells what came of it."""
        try:
            mine = self.shares.claim(share.submission)
        except SharesUnavailable as error:
            log.error("Ticket %d was not shared: the database failed (%s)", share.ticket_id, error)
            return Outcome(_again(share, ready.shared, share_form.not_saved()), Result.UNAVAILABLE)
        if not mine:
            yield from self._tell_again(share, place)
            return None
        return (yield from self._post(ready.permit, share, ready.shared))

    def _post(self, _permit: Permit, share: Share, shared: Shared) -> Talk[Outcome]:
        spot = share.spot
        post = partial(
            self.client.chat_postMessage,
            channel=spot.channel_id,
            thread_ts=spot.thread_ts or None,
            **shared.message(),
        )
        try:
            sent = yield from web_api("chat.postMessage", post)
        except Exception as error:  # noqa: BLE001 (however it failed, it is told, and never sent again by itself)
            log.warning("Ticket %d was not shared in %s: %s", share.ticket_id, spot.channel_id, reason(error))
            # Slack took none of the calls that were made before it was too late for another.
            if code := "ratelimited" if isinstance(error, TooLate) else refusal(error):
                self._keep(share, ShareOutcome(ShareState.REFUSED))
                return Outcome(_again(share, shared, share_form.refused(code)), Result.UNDELIVERED)
            self._keep(share, ShareOutcome(ShareState.UNKNOWN))
            return Outcome(share_form.maybe_posted(spot), Result.DOUBT)
        kept = ShareOutcome(ShareState.POSTED, str(sent.get("ts") or ""))
        self._keep(share, kept)
        return Outcome(_told(share, kept), Result.SHARED)

    def _tell_again(self, share: Share, place: Place) -> Talk[None]:
        """Tell what is known of a submission that was taken on before."""
        # Once this has landed, so has the ack; then what is read is not older than what is shown.
        yield from place.show_there(share_form.posting(share.spot))
        try:
            kept = self.shares.outcome(share.submission)
        except SharesUnavailable as error:
            log.error("What became of a share of ticket %d could not be read (%s)", share.ticket_id, error)
            return
        if kept and kept.state is not ShareState.POSTING:
            yield from place.show_there(_told(share, kept))

    def _keep(self, share: Share, outcome: ShareOutcome) -> None:
        try:
            self.shares.finish(share.submission, outcome)
        except SharesUnavailable as error:
            log.error("That ticket %d is %s could not be saved (%s)", share.ticket_id, outcome.state, error)

    def _write_down(self, share: Share, result: str) -> None:
        record(self.audit, share.asker, Deed.SHARE, share.ticket_id, result)

    def _shared(
        self, conversation: Conversation, spot: ShareSpot, parts: Collection[str], user_id: str
    ) -> Shared | None:
        return shared_page(conversation, spot.page, parts, user_id=user_id, url=self.url(spot.page.ticket_id))


def _again(share: Share, shared: Shared, problem: str) -> Answer:
    """Return the form again, with what would be posted now, and why nothing was."""
    spot = replace(share.spot, parts=share.parts, attempt=share.spot.attempt + 1)
    form = share_form.share_form(shared, spot, problem=problem)
    return AnswerAsView(form, share_form.not_posted(share.ticket_id, problem))


def _unread(share: Share, problem: Answer) -> Answer:
    """Say that nothing was posted, and why the ticket could not be read."""
    if isinstance(problem, Screen):
        return share_form.not_posted(share.ticket_id, f"Nothing was posted. {problem.text}")
    return problem


def _told(share: Share, outcome: ShareOutcome) -> Answer:
    spot = share.spot
    if outcome.state is ShareState.POSTED:
        link = ""
        if share.domain and outcome.message_ts:
            link = permalink(share.domain, spot.channel_id, outcome.message_ts, spot.thread_ts or None)
        return share_form.posted(spot, link)
    if outcome.state is ShareState.REFUSED:
        return share_form.not_posted(share.ticket_id, share_form.REFUSED)
    return share_form.maybe_posted(spot)
