"""What the machine has."""

import threading
import time
from pathlib import Path

from dlstudio.ui.machine import CpuMeter, Gpu, look_at_machine, read_gpus


def test_the_machine_has_cores_memory_and_disk() -> None:
    machine = look_at_machine(Path("/tmp/not/there/yet"))
    assert machine.num_cores >= 1
    assert machine.memory_bytes > machine.free_memory_bytes > 0
    assert machine.free_disk_bytes > 0


def test_graphics_cards_are_read_as_their_driver_lists_them() -> None:
    text = "NVIDIA A100-SXM4-40GB, 40960, 512\nNVIDIA T4, 15360, 0\n"
    assert read_gpus(text) == (
        Gpu("NVIDIA A100-SXM4-40GB", 40960 * 1024**2, 512 * 1024**2),
        Gpu("NVIDIA T4", 15360 * 1024**2, 0),
    )


def test_a_driver_that_answers_nonsense_means_no_card() -> None:
    assert read_gpus("Failed to initialize NVML: Driver/library version mismatch") == ()
    assert read_gpus("NVIDIA T4, [N/A], [N/A]") == ()


def test_a_busy_processor_is_seen_by_a_thread_that_never_asked_before() -> None:
    meter, read = CpuMeter(), []
    busy_until = time.process_time() + 0.1
    while time.process_time() < busy_until:
        pass

    asking = threading.Thread(target=lambda: read.append(meter.read()))
    asking.start()
    asking.join()

    assert 0.0 < read[0] <= 100.0
