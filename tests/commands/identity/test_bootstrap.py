"""What every site makes by itself must come out the same, or at least become the same."""

from weft.commands.identity.bootstrap import ADMIN_USER, bootstrap_records
from weft.commands.identity.directory import SYSTEM, Scope, named
from weft.commands.identity.holding import assigned_roles
from weft.store.records import Key, merge, write
from weft.store.state import MergedState


def admin_of(password_hash):
    return next(record for record in bootstrap_records(password_hash) if record.key.id == ADMIN_USER)


def test_two_sites_make_the_same():
    assert bootstrap_records("$argon2id$x") == bootstrap_records("$argon2id$x")


def test_ids_never_change():
    # They stand in the state of every fabric there is.
    assert ADMIN_USER == "06be7e6be85c5c93bd74f186f7efdada"
    state = MergedState()
    for record in bootstrap_records(None):
        state.apply(record)
    admin = named(state, "role", "admin", None)
    assert admin is not None
    assert admin.key.id == "3f6cb676bbe95c7aa28b1ef7f43fb553"


def test_sites_that_were_told_different_passwords_agree_on_one():
    one, two = admin_of("$argon2id$one"), admin_of("$argon2id$two")
    assert merge(one, two).record.fields == merge(two, one).record.fields


def test_a_site_that_was_told_none_learns_it():
    learnt = merge(admin_of(None), admin_of("$argon2id$x")).record
    assert learnt.get("password_hash") == "$argon2id$x"


def test_any_real_write_wins():
    changed = write(admin_of("$argon2id$x"), Key("fabric", "user", ADMIN_USER), {"password_hash": "new"}, 1 << 40, "a")
    assert merge(changed, admin_of("$argon2id$y")).record.get("password_hash") == "new"


def test_the_administrator_administers_project_domain_and_fabric():
    state = MergedState()
    for record in bootstrap_records(None):
        state.apply(record)
    project = named(state, "project", "admin", "default")
    assert project is not None
    for scope in (Scope("project", project.key.id), Scope("domain", "default"), SYSTEM):
        names = [role.get("name") for role in assigned_roles(state, ADMIN_USER, scope)]
        assert names == ["admin", "manager", "member", "reader"]
    assert assigned_roles(state, ADMIN_USER, Scope("project", "another")) == []
