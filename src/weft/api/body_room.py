"""How much all requests together may hold of bodies that are not answered yet.

A connection may send 2 MB and take a minute over it, and there may be thousands. When room runs out, whoever has been
sending longest is refused: that is a slow sender, while one who sends at once is in and out within milliseconds.
"""

from typing import Protocol


class Holder(Protocol):
    """A connection with a body that takes room."""

    @property
    def is_sending(self) -> bool:
        """There is more of the body to come: nothing was done with it yet."""
        ...

    def refuse_for_room(self) -> None:
        """Tell the client to come back later, and let go of what it sent."""
        ...


class BodyRoom:
    """Room for the bodies of one process, in bytes."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._held: dict[Holder, int] = {}  # in the order in which they came
        self.held_bytes = 0

    def hold(self, holder: Holder, size: int) -> None:
        """Note that a connection holds `size` bytes by now, and refuse so many that all is within bounds again.

        Refused are those who have been sending longest; `holder` itself if nobody else is still sending.
        """
        self.held_bytes += size - self._held.get(holder, 0)
        self._held[holder] = size
        while self.held_bytes > self._bytes_max:
            eldest = next((each for each in self._held if each.is_sending), holder)
            self.release(eldest)
            eldest.refuse_for_room()
            if eldest is holder:
                return

    def release(self, holder: Holder) -> None:
        """Note that a connection holds nothing any more."""
        self.held_bytes -= self._held.pop(holder, 0)
