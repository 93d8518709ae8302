"""A person signs themselves out of every browser: what an operator does for them, from the page of logout."""

import time
from functools import partial

from chalicelib.aws.grants import GrantStore
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.backchannel_logout import LogoutNotices

# Until the index shows the grants of just now, and what was under way is written: the person waits for it. An
# operator, who may have to do with an attacker, waits for all there can be (infra/admin/settling.py).
SETTLE_SECONDS = 1.0


def sign_out_everywhere(
    sub: str, *, users_table: str, grants_table: str, random: RandomText, notices: LogoutNotices
) -> None:
    """Ends every session and revokes every grant of the person, and has the clients told. Nothing happens for
    somebody who is deleted. Raises TemporarilyUnavailable.
    """
    # Imported where somebody asks for it: few do.
    from chalicelib.administration.refusals import NotRegistered  # noqa: PLC0415
    from chalicelib.administration.users import UserAdministration  # noqa: PLC0415
    from chalicelib.aws.logins import LoginStore  # noqa: PLC0415
    from chalicelib.aws.registries import SignedOutUserRegistry  # noqa: PLC0415

    administration = UserAdministration(
        users=SignedOutUserRegistry(users_table),
        logins=LoginStore(users_table),
        grants=GrantStore(grants_table),
        random=random,
        salt=bytes,
        settle=partial(time.sleep, SETTLE_SECONDS),
        notices=notices,
    )
    try:
        administration.sign_out(sub, now=int(time.time()))
    except NotRegistered:
        return
