"""Why something was not administered: each is one sentence for the operator, who may show it as it is."""


class AdministrationRefused(Exception):
    """Nothing was changed, and the text says why."""


class InvalidMember(AdministrationRefused):
    """What was given can't be registered. `member` names the property at fault, None where it is several."""

    def __init__(self, sentence: str, *, member: str | None = None) -> None:
        super().__init__(sentence)
        self.member = member


class AlreadyRegistered(AdministrationRefused):
    """The name is taken. `owner` is who registered it, None an operator: its own owner may go on with it."""

    def __init__(self, sentence: str, *, owner: str | None = None) -> None:
        super().__init__(sentence)
        self.owner = owner


class NotRegistered(AdministrationRefused):
    """There is nothing of that name."""


class OwnedByAnother(AdministrationRefused):
    """It was declared by somebody else, a stack perhaps, who alone may change it so."""


class ChangedMeanwhile(AdministrationRefused):
    """Others changed it at the same time, again and again."""
