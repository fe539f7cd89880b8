"""The Share… button, the form that it opens, its ticks, and its submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App

from bot.access import Deed, Permit
from bot.blocks.ids import SHARE, SHARE_FORM, SHARE_PARTS, PageSpot, ShareSpot
from bot.blocks.prompts import outdated
from bot.blocks.refused import why_refused
from bot.blocks.share_form import busy, no_channel, posting, preparing
from bot.listeners.askers import asker_of
from bot.listeners.modals import open_modal
from bot.listeners.places import ViewPlace, place_of
from bot.listeners.services import Services
from bot.listeners.share_work import Share
from bot.listeners.talks import Talk
from bot.shares import Submission
from bot.work import LaneFull


def register(app: App, bot: Services) -> None:
    """Tie sharing to its listeners."""

    @app.action(SHARE)
    def share(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        _open(bot, body, PageSpot.read(str(action.get("value"))))
        ack()

    @app.action(SHARE_PARTS)
    def tick(ack: Ack, body: dict[str, Any]) -> None:
        view = body["view"]
        place = ViewPlace(bot.client, str(body["user"]["id"]), view_id=str(view["id"]))
        if spot := ShareSpot.read(str(view.get("private_metadata") or "")):
            ticked = replace(spot, parts=_parts(view))
            what = f"Show what {place.user_id} would share of ticket {spot.page.ticket_id}"

            def show(permit: Permit) -> None:
                form = bot.share_work.form(ticked, place.user_id)
                bot.readings.show_or_say_busy(permit, ticked.page.ticket_id, place, what, form)

            asker = replace(asker_of(body), channel_id=spot.channel_id)
            bot.gate.enter_or_say(asker, Deed.SHARE, place, what, show, ticket_id=spot.page.ticket_id)
        else:
            bot.errands.show(place, "Unreadable share form", outdated())
        ack()

    @app.view(SHARE_FORM)
    def submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        if spot := ShareSpot.read(str(view.get("private_metadata") or "")):
            _submit(bot, ack, body, spot)
        else:
            ack(response_action="update", view=outdated().view())


def _open(bot: Services, body: Mapping[str, Any], page: PageSpot | None) -> None:
    place = place_of(bot.client, body)
    container = body.get("container") or {}
    channel_id = str(container.get("channel_id") or "")
    if page is None:
        bot.errands.show(place, f"Unreadable button, {place.user_id}", outdated())
        return
    what = f"Open the form to share ticket {page.ticket_id} in {channel_id} for {place.user_id}"
    # Slack: direct messages have ids that begin with D; a modal is in no channel.
    if not channel_id or channel_id.startswith("D"):
        view = no_channel(page.ticket_id).view()
        bot.errands.call_slack(what, lambda: open_modal(bot.client, body, view, place), place)
        return
    spot = ShareSpot(page, channel_id, str(container.get("thread_ts") or ""))

    def go(permit: Permit) -> None:
        bot.errands.call_slack(what, lambda: open_form(permit), place)

    def open_form(permit: Permit) -> Talk[None]:
        if view_id := (yield from open_modal(bot.client, body, preparing(page.ticket_id), place)):
            modal = ViewPlace(bot.client, place.user_id, view_id=view_id)
            form = bot.share_work.form(spot, place.user_id)
            bot.readings.show_or_say_busy(permit, page.ticket_id, modal, what, form)

    bot.gate.enter_or_say(asker_of(body), Deed.SHARE, place, what, go, ticket_id=page.ticket_id)


def _submit(bot: Services, ack: Ack, body: Mapping[str, Any], spot: ShareSpot) -> None:
    view, team = body["view"], body.get("team") or {}
    asker = replace(asker_of(body), channel_id=spot.channel_id)
    place = ViewPlace(bot.client, asker.user_id, view_id=str(view["id"]), external_id=bot.new_id())
    share = Share(
        asker,
        Submission(asker.team_id, place.view_id, spot.attempt),
        spot,
        _parts(view),
        str(team.get("domain") or ""),
    )
    what = f"Share ticket {share.ticket_id} in {spot.channel_id} for {asker.user_id}"
    try:
        refusal = bot.gate.enter(
            asker,
            Deed.SHARE,
            place,
            what,
            lambda permit: bot.share_work.post(permit, share, place),
            ticket_id=share.ticket_id,
        )
    except LaneFull:
        ack(response_action="errors", errors={SHARE_PARTS: busy()})
        return
    if refusal:
        ack(response_action="errors", errors={SHARE_PARTS: why_refused(refusal)})
    else:
        shown = posting(spot).view()
        ack(response_action="update", view=shown | {"external_id": place.external_id})


def _parts(view: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is ticked."""
    held = view["state"]["values"].get(SHARE_PARTS, {}).get(SHARE_PARTS, {})
    return tuple(str(option["value"]) for option in held.get("selected_options") or [])
