"""Ctrl-C that waits for the end of a step."""

import os
import signal
import threading

import pytest

from dlstudio.runs.interrupts import CountedInterrupts


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_two_are_counted_and_raise_nothing() -> None:
    with CountedInterrupts() as interrupts:
        press()
        press()
        assert interrupts.count == 2


def test_the_third_raises_all_the_same() -> None:
    with pytest.raises(KeyboardInterrupt), CountedInterrupts():
        press()
        press()
        press()


def test_ctrl_c_belongs_to_whoever_heard_it_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with CountedInterrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_outside_the_main_thread_nothing_is_counted() -> None:
    before = signal.getsignal(signal.SIGINT)
    handlers = []

    def look() -> None:
        with CountedInterrupts():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [before]
