"""Walls around the worker that reads uploads: no network, no file opened, no other program, no way to more rights.

Everything here needs no privilege. `no_new_privs` and a seccomp filter are one-way: nothing that an upload makes the
process do can take them off. The filter names what is refused (EPERM), not what is allowed: decoders and Python use
too many calls to list, and the refused ones are those that reach outside: the keys of the home lie beside, and a
process that can open no file cannot read them. Where the kernel or the machine is not known (`CALLS`), the limits of
`worker.limit` remain and `confine` says so.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from typing import Final

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_SECCOMP_FILTER: Final = 2
_LOAD, _EQUAL, _SET, _RETURN = 0x20, 0x15, 0x45, 0x06  # BPF: ld abs, jeq, jset, ret
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # errno EPERM
_NR, _ARCH, _ARGS = 0, 4, 16  # offsets in struct seccomp_data
_NO_SUCH_CALL: Final = (
    0x00050000 | 38
)  # errno ENOSYS: the C library then asks in the older way, which can be read
_THREAD: Final = 0x00010000  # CLONE_THREAD
_CLONE3: Final = 435

# machine → (audit architecture, refused calls, the call that makes threads and processes: threads are let through).
# Refused: opening files; sockets; programs and other processes; changing, removing and linking files; tracing,
# mounting, namespaces, kernel rings and keys.
_COMMON: Final = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "openat2": 437, "pidfd_open": 434,
    "pidfd_send_signal": 424, "pidfd_getfd": 438, "fchmodat2": 452, "open_tree": 428, "move_mount": 429, "fsopen": 430,
    "mount_setattr": 442,
}  # fmt: skip
_X86: Final = {
    "open": 2, "openat": 257,
    "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47, "bind": 49,
    "listen": 50, "socketpair": 53, "accept4": 288, "sendmmsg": 307, "fork": 57, "vfork": 58, "execve": 59,
    "kill": 62, "tkill": 200, "tgkill": 234, "execveat": 322, "truncate": 76, "rename": 82, "mkdir": 83, "rmdir": 84,
    "creat": 85, "link": 86, "unlink": 87, "symlink": 88, "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93,
    "lchown": 94, "ptrace": 101, "mknod": 133, "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166,
    "setxattr": 188, "mkdirat": 258, "mknodat": 259, "fchownat": 260, "unlinkat": 263, "renameat": 264, "linkat": 265,
    "symlinkat": 266, "fchmodat": 268, "unshare": 272, "utimensat": 280, "renameat2": 316, "bpf": 321, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "add_key": 248, "request_key": 249, "keyctl": 250,
    "userfaultfd": 323, "perf_event_open": 298,
}  # fmt: skip
_ARM: Final = {
    "openat": 56,
    "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206,
    "recvfrom": 207, "sendmsg": 211, "recvmsg": 212, "accept4": 242, "sendmmsg": 269, "execve": 221, "execveat": 281,
    "kill": 129, "tkill": 130, "tgkill": 131, "truncate": 45, "mkdirat": 34, "mknodat": 33, "unlinkat": 35,
    "symlinkat": 36, "linkat": 37, "renameat": 38, "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51,
    "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "utimensat": 88, "unshare": 97, "ptrace": 117,
    "renameat2": 276, "setxattr": 5, "bpf": 280, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
    "add_key": 217, "request_key": 218, "keyctl": 219, "userfaultfd": 282, "perf_event_open": 241,
}  # fmt: skip
CALLS: Final = {
    "x86_64": (0xC000003E, _X86 | _COMMON, 56),
    "aarch64": (0xC00000B7, _ARM | _COMMON, 220),
}
_X32_BIT: Final = 0x40000000


def confine() -> bool:
    """Shut this process in; whether the filter stands. Call when everything needed is imported."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # nobody of the same user reads its memory
    known = CALLS.get(platform.machine())
    return known is not None and _install(libc, program(*known))


def program(arch: int, refused: dict[str, int], clone: int) -> bytes:
    """The filter: another architecture's calls, those refused and new processes end in an error, the rest passes."""
    code = [_op(_LOAD, _ARCH), _op(_EQUAL, arch, 1, 0), _op(_RETURN, _REFUSE), _op(_LOAD, _NR)]
    code += [_op(_SET, _X32_BIT, 0, 1), _op(_RETURN, _REFUSE)]
    for number in sorted({*refused.values()}):
        code += [_op(_EQUAL, number, 0, 1), _op(_RETURN, _REFUSE)]
    code += [_op(_EQUAL, _CLONE3, 0, 1), _op(_RETURN, _NO_SUCH_CALL)]
    code += [_op(_EQUAL, clone, 0, 3), _op(_LOAD, _ARGS), _op(_SET, _THREAD, 1, 0), _op(_RETURN, _REFUSE)]
    return b"".join([*code, _op(_RETURN, _ALLOW)])


def _op(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One struct sock_filter: code, jumps for true and false, operand."""
    return struct.pack("=HBBI", code, then, otherwise, value)


def _install(libc: ctypes.CDLL, code: bytes) -> bool:
    held = ctypes.create_string_buffer(code, len(code))
    described = struct.pack("@HP", len(code) // 8, ctypes.addressof(held))  # struct sock_fprog
    done = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.create_string_buffer(described), 0, 0)
    return bool(done == 0)
