"""The settings of the machine that training makes."""

import ctypes
import os
import subprocess
import sys

import pytest
import torch

from seqtrans.devices import choose_precision
from tests.conftest import CPU

FREED = """
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
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    kept, left = map(int, done.stdout.split())
    assert kept > 300
    assert left < 100


PRODUCTS = """
import torch
from seqtrans.devices import remember_products

remember_products()
for _ in range(2):
    print("round")
    for rows in range(1000, 2100):
        torch.ones(rows, 4, dtype=torch.bfloat16) @ torch.ones(4, 4, dtype=torch.bfloat16)
"""


@pytest.mark.skipif(choose_precision("auto", CPU) != torch.bfloat16, reason="products are not oneDNN's")
def test_a_product_is_compiled_once() -> None:
    environment = {**os.environ, "ONEDNN_VERBOSE": "2"}
    environment.pop("ONEDNN_PRIMITIVE_CACHE_CAPACITY", None)
    done = subprocess.run(
        [sys.executable, "-u", "-c", PRODUCTS], env=environment, capture_output=True, text=True, check=True
    )
    first, second = done.stdout.split("round\n")[1:]
    assert first.count("cache_miss") > 1024
    assert second.count("cache_hit") > 1024
    assert "cache_miss" not in second
