"""Where to compute and in which number format; and the one setting that a CPU needs to be fast."""

import ctypes
import math
import os
import sys
from typing import Any

import torch

from seqtrans.errors import SeqtransError


def choose_device(name: str) -> torch.device:
    """Return the device; `auto` is CUDA where there is one, else the CPU.

    Raises `SeqtransError` when the device is not there. (For models this small, nobody has shown that
    Apple's MPS beats the CPU beside it, so `auto` leaves it alone.)
    """
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = "cuda" if available["cuda"] else "cpu"
    if not available[name]:
        usable = ", ".join(device for device, there in available.items() if there)
        raise SeqtransError(f"device: {name} is not available here; choose one of: auto, {usable}")
    return torch.device(name)


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """Return the format of matrix products; `auto` is bfloat16 where the processor multiplies it natively.

    Without such instructions bfloat16 is emulated and slower than float32.
    """
    if name == "auto":
        name = "bfloat16" if _has_bfloat16(device) else "float32"
    return torch.bfloat16 if name == "bfloat16" else torch.float32


def products_in(precision: torch.dtype, device: torch.device) -> torch.autocast:
    """Return a context that makes matrix products in this format, and in float32 what must be precise."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == torch.bfloat16)


def _has_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    return False


def keep_freed_memory() -> None:
    """Tell glibc's allocator to keep freed memory for the next tensor.

    By default it gives each large block back to the system and gets fresh pages for the next one, so
    that every step pays for page faults, the more the busier the machine is (`make bench` shows what it
    buys in training). Elsewhere than on Linux with glibc this does nothing.
    """
    mallopt = _glibc_function("mallopt")
    if mallopt is None:
        return
    trim_threshold, top_pad, mmap_max = -1, -2, -4  # the names of malloc.h
    mallopt(mmap_max, 0)
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(top_pad, 2**26)


def release_freed_memory() -> None:
    """Give the system back what `keep_freed_memory` has kept so far.

    Tensors of ever new sizes leave gaps that fit no later one, and a long run comes to hold several times
    the memory that it uses, unless it calls this now and then.
    """
    malloc_trim = _glibc_function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


def _glibc_function(name: str) -> Any:
    """Return a function of the C library, None where it has none of that name: musl, other systems."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None


def remember_products() -> None:
    """Let oneDNN, with which torch makes products in bfloat16, remember all that it has compiled.

    It compiles machine code for each new combination of sizes, which takes longer than a small product
    itself, and by default remembers 1,024: too few for batches of every length (`make bench` shows what
    more buy). Must come before the first product. What the user has set in the environment is left alone.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8192")


def memory_bytes() -> float:
    """Return the size of the machine's memory, infinity where it cannot be asked."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return math.inf
