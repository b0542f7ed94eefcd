"""More than one device: handing over, a remote, releasing, a new projector's address, the end on every screen."""

from playwright.sync_api import expect

from ..cast import Person
from .album import SCREENS
from .studio import Studio


def another_device(studio: Studio) -> None:
    hana, take = studio.hana, studio.album.take
    page, address = hana.offer_another_device("Use a phone as a remote")
    take(page, "device-remote", "Use a phone as a remote")
    page.close()
    page, address = hana.offer_another_device()
    take(page, "device-offer", "Continue on another device")
    page.goto(address)
    take(page, "device-continue", "On the other device")
    page.close()
    zoe = studio.cast.stranger()
    zoe.page.goto("/h/wrong")
    take(zoe.page, "device-refused", "A QR that was used, or is too old")


def release(studio: Studio) -> None:
    hana, take = studio.hana, studio.album.take
    hana.press("Release this device")
    expect(hana.page.locator("#read-only")).to_be_visible()
    take(hana.page, "board-released", "This device was released", is_whole=False)
    hana.page.reload()
    take(hana.page, "device-released", "A released device, loaded again")
    hana.press("Take control again")
    hana.is_connected()


def new_projector(studio: Studio, screen: Person) -> None:
    """The old address is void."""
    studio.hana.press("Make a new address")
    expect(screen.page.locator("#gone")).to_be_visible()
    studio.album.take(screen.page, "projector-revoked", "Its address was replaced", sizes=SCREENS)
    studio.hana.is_connected()


def end(studio: Studio) -> None:
    """On the board, the phones and a new projector."""
    hana, take = studio.hana, studio.album.take
    board = hana.page.url
    screen = studio.cast.projector(hana.display_url)
    expect(screen.page.locator("#bar")).to_be_visible()
    hana.press("End the session …")
    expect(hana.page.locator("#end-sure")).to_be_visible()
    hana.page.locator("#tabs [data-tab=more]").dispatch_event("click")
    take(hana.page, "board-ending", "Ending asks once", is_whole=False, around="#end-sure")
    phone = hana.new_page()
    phone.goto(board)
    expect(phone.locator("#line")).to_have_text("Connected")
    hana.press("End it now")
    expect(screen.page.locator("#gone")).to_be_visible()
    expect(studio.ann.page.locator("#trouble")).to_be_visible()
    expect(phone.locator("#over")).to_be_visible()
    take(studio.ann.page, "student-ended", "The class has ended")
    take(screen.page, "projector-ended", "The class has ended", sizes=SCREENS)
    take(phone, "board-ended", "The session was ended on another device", is_whole=False)
    phone.goto(board)
    take(phone, "board-over", "A board of a session that is over")
    phone.close()
    for student in studio.students:
        student.leave()
    studio.cast.people = [person for person in studio.cast.people if person not in studio.students]
