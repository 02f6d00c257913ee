"""All processes of simulated workers, and which of them runs which camera since when."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from facesite.lab.processes import cpu_s
from facesite.lab.simulation.workers import Order, Tally, Turned, run_workers

LEAVE_S = 30.0


@dataclass(slots=True)
class _Member:
    process: BaseProcess
    pipe: Connection
    tally: Tally = field(default_factory=Tally)
    workers: set[str] = field(default_factory=set)


class Herd:
    """`with Herd(…) as herd:` runs so many processes; a thread hears what they tell."""

    def __init__(self, order: Order, processes: int) -> None:
        self.turned: list[Turned] = []
        """Everything that began or ended, by time of arrival."""
        self._order, self._processes = order, processes
        # One process loads the code, and the others are its copies: a start takes hundredths of a second, not 3 s.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["facesite.asgi"])
        self._members: list[_Member] = []
        self._gone, self._gone_cpu_s = Tally(), 0.0
        self._over = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="herd", daemon=True)

    def __enter__(self) -> Herd:
        for _ in range(self._processes):
            self.add()
        self._listener.start()
        return self

    def __exit__(self, *exception: object) -> None:
        for member in self._members:
            member.process.terminate()
        for member in self._members:
            member.process.join(LEAVE_S)
            member.process.kill()
        self._over.set()
        self._listener.join()

    def add(self) -> None:
        """Starts one more process."""
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=run_workers, args=(self._order, theirs), daemon=True)
        process.start()
        theirs.close()
        self._members.append(_Member(process, ours))

    def kill_one(self) -> set[int]:
        """Kills a process (kill -9) with all of its workers; returns the cameras that they ran."""
        member = self._members[0]
        self._gone_cpu_s += cpu_s(member.process.pid)
        member.process.kill()
        member.process.join()
        killed_at = time.time()
        while member in self._members:  # what it told before is still heard
            time.sleep(0.01)
        orphans = {camera for camera, worker in self.running().items() if worker in member.workers}
        for camera in orphans:
            self.turned.append(Turned(camera, self.running()[camera], False, killed_at))
        return orphans

    def cpu_s(self) -> float:
        """Returns the processor time of all, the killed ones included."""
        return self._gone_cpu_s + sum(cpu_s(member.process.pid) for member in self._members.copy())

    @property
    def statements(self) -> Counter[str]:
        return sum((tally.statements for tally in self._tallies()), Counter())

    @property
    def refused(self) -> int:
        return sum(tally.refused for tally in self._tallies())

    def sweeps_ms(self, since: float) -> list[float]:
        """Returns how long each sweep took that has ended since this time."""
        return [ms for tally in self._tallies() for at, ms in tally.sweeps if at > since]

    def running(self) -> dict[int, str]:
        """Returns which worker runs each camera."""
        runs: dict[int, str] = {}
        for turned in sorted(self.turned.copy(), key=lambda each: each.at):
            if turned.began:
                runs[turned.camera] = turned.worker
            elif runs.get(turned.camera) == turned.worker:
                del runs[turned.camera]
        return runs

    def began_since(self, moment: float) -> list[Turned]:
        return [turned for turned in self.turned.copy() if turned.began and turned.at > moment]

    def quiet_s(self) -> float:
        """Returns the seconds since a camera began or ended anywhere."""
        return time.time() - max((turned.at for turned in self.turned.copy()), default=0.0)

    def run_twice(self, since: float = 0.0) -> int:
        """Returns how often since this time a camera began on a worker while another one ran it."""
        runs: dict[int, set[str]] = {}
        twice = 0
        for turned in sorted(self.turned.copy(), key=lambda each: each.at):
            holders = runs.setdefault(turned.camera, set())
            if turned.began:
                twice += turned.at > since and bool(holders - {turned.worker})
                holders.add(turned.worker)
            else:
                holders.discard(turned.worker)
        return twice

    def _tallies(self) -> list[Tally]:
        return [self._gone, *(member.tally for member in self._members)]

    def _listen(self) -> None:
        while not self._over.is_set():
            by_pipe = {member.pipe: member for member in self._members.copy()}
            for pipe in wait(list(by_pipe), 0.1):
                assert isinstance(pipe, Connection)
                self._hear(by_pipe[pipe])

    def _hear(self, member: _Member) -> None:
        try:
            said = member.pipe.recv()
        except (EOFError, OSError):
            self._members.remove(member)
            self._gone.statements += member.tally.statements
            self._gone.refused += member.tally.refused
            self._gone.sweeps += member.tally.sweeps
            return
        if isinstance(said, Turned):
            member.workers.add(said.worker)
            self.turned.append(said)
        else:
            member.tally = said
