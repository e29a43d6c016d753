"""From an auth request to a token: who is it, is it them, and what may the token be for?"""

import msgspec

from weft.api.caller import Unauthenticated
from weft.api.identity.check import NotYetSeeded, usable_roles
from weft.api.identity.limited import by_application_credential, is_limited, use_of_trust
from weft.api.identity.policy import Forbidden
from weft.api.identity.proof import Proof, find, require_secret
from weft.api.identity.service import Identity
from weft.api.identity.tokens import Token, new_audit_id
from weft.commands.identity.bootstrap import ADMIN_USER
from weft.commands.identity.directory import SYSTEM, UNSCOPED, Scope
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.auth import AuthSpec, IdentitySpec, ScopeSpec, UserWithPassword
from weft.wire.keystone.fields import MALFORMED, BadBody

KEYSTONES_OTHER_METHODS = ("external", "mapped", "oauth1", "openid", "saml2", "totp", "kerberos")


async def log_in(identity: Identity, auth: AuthSpec, client: str) -> Token:
    """Return a token for what `auth` asks. Raises Unauthenticated, Throttled, BadBody, Forbidden, NotYetSeeded."""
    identity.require_seeded()
    proof = await _prove(identity, auth.identity, client)
    asked = auth.scope if isinstance(auth.scope, ScopeSpec) else None
    trust = await use_of_trust(identity, asked.trust.id, proof) if asked is not None and asked.trust else None
    if trust is not None:
        token = _token_of_trust(identity, proof, trust)
    else:
        scope = _scope_for(identity.store.state, auth, proof)
        token = _token(identity, proof, proof.user, scope)
    identity.roles_now(token)  # what we hand out must hold
    return token


def _token(identity: Identity, proof: Proof, user: Record, scope: Scope) -> Token:
    now_ms, parent, credential = identity.now_ms(), proof.parent, proof.application_credential
    ends = [now_ms + identity.settings.token_lifetime_s * 1000]
    ends += [parent.expires_at_ms] if parent else []
    ends += [credential.get("expires_at_us") // 1000] if credential and credential.get("expires_at_us") else []
    return Token(
        user_id=user.key.id,
        scope=scope,
        methods=proof.methods,
        issued_at_ms=max(now_ms, _not_before(identity.store.state, user, scope)),
        expires_at_ms=min(ends),
        audit_ids=(new_audit_id(), parent.audit_ids[-1]) if parent else (new_audit_id(),),
        application_credential_id=credential.key.id
        if credential
        else parent.application_credential_id
        if parent
        else "",
        trust_id=parent.trust_id if parent else "",
    )


def _not_before(state: State, user: Record, scope: Scope) -> int:
    """Return when the last thing happened that voids tokens of this kind.

    What was shown just now is newer than that, whatever the clock of the site says where it happened.
    """
    target = state.get(scope.kind, scope.id) if scope.kind in ("project", "domain") else None
    found = [record for record in (user, target) if record is not None]
    found += [domain for each in found if (domain := state.get("domain", each.get("domain_id", ""))) is not None]
    return max((each.get("tokens_valid_after_ms") or 0) for each in found)


def _token_of_trust(identity: Identity, proof: Proof, trust: Record) -> Token:
    """Return a token in the name of who gave the trust, or in one's own but with what was lent."""
    user = identity.store.state.get("user", trust.get("trustor_user_id")) if trust.get("impersonation") else proof.user
    if user is None:
        raise Unauthenticated
    token = _token(identity, proof, user, Scope("project", trust.get("project_id") or ""))
    ends = min(token.expires_at_ms, (trust.get("expires_at_us") or token.expires_at_ms * 1000) // 1000)
    return msgspec.structs.replace(token, trust_id=trust.key.id, expires_at_ms=ends)


async def _prove(identity: Identity, given: IdentitySpec, client: str) -> Proof:
    """Return what all of the methods show together. Raises Unauthenticated if they show different users."""
    proofs = [await _prove_by(identity, method, given, client) for method in dict.fromkeys(given.methods)]
    if not proofs or len({proof.user.key.id for proof in proofs}) != 1:
        raise Unauthenticated
    methods = tuple(dict.fromkeys(method for proof in proofs for method in proof.methods))
    return Proof(
        proofs[0].user,
        methods,
        next((proof.parent for proof in proofs if proof.parent), None),
        next((proof.application_credential for proof in proofs if proof.application_credential), None),
    )


async def _prove_by(identity: Identity, method: str, given: IdentitySpec, client: str) -> Proof:
    if method in KEYSTONES_OTHER_METHODS:
        raise Unauthenticated("Attempted to authenticate with an unsupported method.")
    if method not in ("password", "token", "application_credential"):
        raise BadBody(f"Expecting to find {method[:255]} in identity.{MALFORMED}")
    part = getattr(given, method)
    if part is None:
        raise BadBody(f"Expecting to find {method} in identity.{MALFORMED}")
    if method == "password":
        return Proof(await _user_by_password(identity, part.user, client), ("password",))
    if method == "application_credential":
        return await by_application_credential(identity, part, client)
    parent = identity.open_token(part.id).token
    user = identity.store.state.get("user", parent.user_id)
    assert user is not None  # open_token looked
    return Proof(user, tuple(dict.fromkeys(("token", *parent.methods))), parent)


async def _user_by_password(identity: Identity, given: UserWithPassword, client: str) -> Record:
    if given.id is None and (given.name is None or given.domain is None):
        raise BadBody(f"Expecting to find id, or name and domain, in user.{MALFORMED}")
    user = find(identity.store.state, "user", given.id, given.name, given.domain)
    if user is not None and user.key.id == ADMIN_USER and "password_hash" not in user.fields:
        raise NotYetSeeded  # this site was not told the password, and has not heard of it from another
    account = user.key.id if user else f"{given.id or given.name}"
    encoded = user.get("password_hash") if user else None
    return await require_secret(identity, user, account, encoded, given.password, client)


def _scope_for(state: State, auth: AuthSpec, proof: Proof) -> Scope:
    """Return the scope to issue for. Raises Unauthenticated, whether it is unknown or just not the user's."""
    bound = _bound_scope(proof)
    if bound is None:
        return _free_scope(state, auth.scope, proof.user)
    if auth.scope is not None and _free_scope(state, auth.scope, proof.user) != bound:
        raise Forbidden("rescope a token of limited rights")
    return bound


def _bound_scope(proof: Proof) -> Scope | None:
    """Return the one scope that a limited proof is good for."""
    if proof.application_credential is not None:
        return Scope("project", proof.application_credential.get("project_id") or "")
    return proof.parent.scope if proof.parent is not None and is_limited(proof.parent) else None


def _free_scope(state: State, asked: ScopeSpec | str | None, user: Record) -> Scope:
    if asked is None:
        default = Scope("project", user.get("default_project_id") or "")
        return default if usable_roles(state, user.key.id, default) else UNSCOPED
    if isinstance(asked, str) or asked.unscoped is not None:
        return UNSCOPED
    if sum(part is not None for part in (asked.project, asked.domain, asked.system)) != 1:
        raise BadBody(f"Expecting to find exactly one of project, domain, system in scope.{MALFORMED}")
    if asked.system is not None:
        return SYSTEM
    if asked.project is not None:
        target = find(state, "project", asked.project.id, asked.project.name, asked.project.domain)
    else:
        assert asked.domain is not None
        target = find(state, "domain", asked.domain.id, asked.domain.name, None)
    if target is None:
        raise Unauthenticated
    return Scope("project" if asked.project is not None else "domain", target.key.id)
