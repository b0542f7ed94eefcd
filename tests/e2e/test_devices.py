"""One seat in two tabs, one teacher in two browsers, and a session that moves to another device."""

import pytest
from playwright.sync_api import expect

from .cast import PHONE, Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser

RELEASED = "This device was released"
STEPS = [
    {"question": "Tea?", "options": ["yes", "no"], "hideResults": True},
    {"question": "Milk?", "options": ["yes", "no"], "hideResults": True},
]


def test_two_tabs_of_a_student_are_one_seat_and_one_vote(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    other = ann.new_page()
    other.goto(ann.page.url)
    expect(other.locator("#line")).to_have_text("Connected")
    assert other.locator("#name").inner_text() == ann.name
    expect(hana.page.locator("#here")).to_have_text("1 here")

    hana.quick_poll("Yes / No")
    ann.vote("A")
    ann.is_counted("A")
    expect(other.locator("[data-ref=answer]")).to_contain_text("Your answer A is counted.")
    other.locator("button.option").nth(1).click()
    expect(other.locator("[data-ref=answer]")).to_contain_text("Your answer B is counted.")

    hana.sees_votes({"A": 0, "B": 1})

    board = hana.page.url
    hana.page.goto("about:blank")
    expect(ann.page.locator("#host-away")).to_contain_text("Your teacher's connection dropped. Your answers are kept")
    hana.page.goto(board)
    expect(ann.page.locator("#host-away")).to_be_empty()


def test_two_browsers_of_one_teacher_run_the_same_lesson(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    at_home = cast.hana()
    at_home.page.goto(hana.page.url)
    at_home.is_connected()

    hana.quick_poll("1–5")
    expect(at_home.page.locator(".room .state")).to_have_text("Open: students can answer")
    at_home.press("Pause")

    expect(hana.page.locator(".room .state")).to_have_text("Paused")


def test_a_session_is_handed_over_once_and_the_first_device_turns_read_only(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    page, address = hana.offer_another_device()
    expect(page.locator("#left")).to_contain_text("more seconds")
    phone = take_over(cast, address)

    expect(hana.page.get_by_role("heading", name="This device is read-only now")).to_be_focused()
    expect(hana.page.locator("#read-only-why")).to_have_text("The lesson continues on another device.")
    expect(hana.page.get_by_role("button", name="A–D", exact=True)).to_be_disabled()
    phone.quick_poll("A–D")
    expect(hana.page.locator(".room .state")).to_have_text("Open: students can answer")
    is_used_up(cast, address)


def test_a_phone_is_a_remote_of_a_board_that_goes_on(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    cast.server.add_steps(code, STEPS)
    hana.page.reload()
    phone = take_over(cast, hana.offer_another_device("Use a phone as a remote")[1])

    phone.page.locator("#steps button").first.tap()
    expect(hana.page.locator(".room:visible .question")).to_have_text("Tea?")
    phone.press("Reveal the results")
    expect(hana.page.locator("#steps li").first).to_contain_text("Open, results shown")
    hana.page.keyboard.press("ArrowRight")
    expect(phone.page.locator(".room:visible .question")).to_have_text("Milk?")
    expect(phone.page.locator("#steps li")).to_contain_text(["Paused, results shown", "Open now"])

    hana.press("Close")
    expect(phone.page.locator("#steps li").last).to_contain_text("Closed")
    expect(hana.page.locator("#undo-text")).to_have_text("“Milk?” is closed. Its answers are kept.")
    hana.page.keyboard.press("u")
    expect(phone.page.locator(".room:visible .question")).to_have_text("Milk?")
    expect(phone.page.locator("#steps li").last).to_contain_text("Open now")
    phone.page.get_by_role("button", name="People and more").click()
    phone.press("Freeze")
    expect(hana.page.locator("#screen-badge")).to_have_text("Projector frozen")


def is_used_up(cast: Cast, address: str) -> None:
    zoe = cast.stranger()
    refusal = zoe.page.goto(address)
    assert refusal is not None
    assert refusal.status == 410
    expect(zoe.page.get_by_role("heading", level=1)).to_have_text("This address is not valid any more")
    zoe.faults.clear()


def test_a_released_device_only_shows_the_lesson_and_then_nothing(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    phone = take_over(cast, hana.offer_another_device("Use a phone as a remote")[1])

    hana.press("Release this device")
    expect(hana.page.locator("#read-only-why")).to_have_text("This device was released.")
    expect(hana.page.get_by_role("button", name="A–D", exact=True)).to_be_disabled()
    phone.quick_poll("A–D")
    expect(hana.page.locator(".room .state")).to_have_text("Open: students can answer")
    shows_nothing_false_without_its_line(hana)

    hana.page.reload()
    expect(hana.page.get_by_role("heading", name=RELEASED)).to_be_visible()
    hana.press("Take control again")
    hana.is_connected()
    hana.press("Pause")
    expect(phone.page.locator(".room .state")).to_have_text("Paused")


def take_over(cast: Cast, address: str) -> Teacher:
    """A phone without an account that has scanned the QR."""
    phone = cast.teacher(is_mobile=True, has_touch=True)
    phone.page.set_viewport_size(PHONE)
    phone.page.goto(address)
    phone.page.get_by_role("button", name="Continue here").click()
    phone.is_connected()
    return phone


def shows_nothing_false_without_its_line(released: Teacher) -> None:
    """The line breaks and comes back: the server tells a released device nothing, so its page says nothing."""
    released.may_be_cut = True
    released.context.set_offline(True)
    expect(released.page.locator("#line")).to_contain_text("Offline")
    released.context.set_offline(False)
    for hidden in ("#controls", "#facts", "#still-live"):
        expect(released.page.locator(hidden)).to_be_hidden(timeout=10_000)
    expect(released.page.get_by_role("button", name="Take control again")).to_be_visible()


def test_zoe_gets_into_no_board(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    zoe = cast.stranger()

    refusal = zoe.page.goto(hana.page.url)

    assert refusal is not None
    assert refusal.status == 404
    expect(zoe.page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    zoe.faults.clear()


def test_a_new_projector_address_makes_the_old_one_go_dark(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    old = hana.display_url
    screen = cast.projector(old)
    expect(screen.page.locator("#lobby")).to_be_visible()

    hana.press("Make a new address")

    expect(screen.page.get_by_role("heading", name="Thank you. This screen is done.")).to_be_visible()
    hana.is_connected()
    assert hana.display_url != old
    refusal = screen.page.goto(old)
    assert refusal is not None
    assert refusal.status == 410
    screen.faults.clear()


def test_a_board_without_its_line_says_what_did_not_happen_and_loses_nothing(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("A–D")
    hana.press("Own question …")
    expect(hana.page.locator(".room")).to_have_count(2)
    room = hana.page.locator(".room").first
    room.get_by_label("Question", exact=True).fill("Written on a train")
    hana.may_be_cut = True
    hana.context.set_offline(True)
    expect(hana.page.locator("#line")).to_have_text("Offline. Reconnecting …")
    says = expect(hana.page.locator("#trouble"))

    for letter in "AB":
        room.get_by_label(f"Option {letter}", exact=True).fill(f"Stop {letter}")
    hana.press("Save")
    says.to_have_text("Offline, so this did not happen: “Save”. Try again when you are connected.")
    hana.press("Yes / No")
    says.to_have_text("Offline, so this did not happen: “Yes / No”. Try again when you are connected.")
    hana.press("Freeze")
    says.to_have_text("Offline, so this did not happen: “Freeze”. Try again when you are connected.")
    hana.context.set_offline(False)

    hana.is_connected()
    expect(hana.page.locator("#trouble")).to_be_hidden()
    expect(room.get_by_label("Question", exact=True)).to_have_value("Written on a train")
    hana.press("Save")
    expect(room.locator(".question")).to_have_text("Written on a train")
    expect(hana.page.locator(".room")).to_have_count(2)
