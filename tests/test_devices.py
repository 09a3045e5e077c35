"""The settings of the machine that training makes."""

import ctypes
import subprocess
import sys

import pytest

SCRIPT = """
import os, torch
from seqtrans.devices import keep_freed_memory, release_freed_memory

def held():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20

keep_freed_memory()
before = held()
tensors = [torch.ones(2**20) for _ in range(100)]  # 4 MB each
last = tensors.pop()
del tensors
kept = held() - before
release_freed_memory()
print(kept, held() - before)
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="the allocator is not glibc's",
)
def test_freed_memory_is_kept_until_it_is_released() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    kept, left = map(int, done.stdout.split())
    assert kept > 300
    assert left < 100
