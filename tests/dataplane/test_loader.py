"""What goes wrong before anything works is said in one line, with the next step."""

import errno

import pytest

from weft.dataplane import bpf, bpffs, loader, object_file
from weft.dataplane.bpffs import NoBpffs, NotPrivileged
from weft.dataplane.loader import KernelRefused, linked, load
from weft.dataplane.object_file import MapSpec, ObjectFile, ObjectMissing, read_object


@pytest.fixture
def pin_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(loader, "ensure_directory", lambda path: path.mkdir(parents=True))
    return tmp_path


@pytest.mark.parametrize(
    ("code", "error"),
    [(errno.EPERM, NotPrivileged), (errno.ENOSYS, KernelRefused), (errno.EINVAL, KernelRefused)],
)
def test_a_kernel_that_refuses_is_quoted(pin_dir, monkeypatch, code, error):
    def refuse(command, attributes):
        raise OSError(code, "the kernel's words")

    monkeypatch.setattr(bpf, "bpf", refuse)
    with pytest.raises(error, match="the kernel's words") as caught:
        load(pin_dir)
    assert caught.value.hint


def test_a_directory_that_is_no_bpffs_is_named(tmp_path):
    with pytest.raises(NoBpffs, match="not on a bpf file system") as caught:
        bpffs.ensure_directory(tmp_path / "pins")
    assert "mount -t bpf" in caught.value.hint


def test_a_package_without_objects_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setattr(object_file, "files", lambda package: tmp_path)
    with pytest.raises(ObjectMissing) as caught:
        read_object("from_port")
    assert "make bpf" in caught.value.hint


def test_linking_puts_descriptors_into_load_instructions():
    class Map:
        fd = 0x01020304

    load_ports = bytes([0x18, 0x01, 0, 0, 0, 0, 0, 0]) + bytes(8)
    item = ObjectFile("p", "GPL", bytes(8) + load_ports, {"ports": MapSpec(1, 4, 4, 1, 0)}, ((1, "ports"),))
    assert linked(item, {"ports": Map()}) == bytes(8) + bytes([0x18, 0x11, 0, 0, 4, 3, 2, 1]) + bytes(8)
