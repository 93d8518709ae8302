"""The sections of the specifications of OpenID Connect beside Core, and why some of them need no test of this
server. A section without a reason has a test of its own, or its parts have.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tests.support.openid_core_sections import ADVICE, CORE, EXAMPLE, PARTY, REGISTRY, WORDS
from tests.support.request_sections import REQUEST_OBJECTS, STEP_UP, UNMET

_DISCOVERY = f"""
1 Introduction | {WORDS}
2 OpenID Provider Issuer Discovery
2.1 Identifier Normalization | {PARTY}: it makes a resource out of what a person types
2.2 Non-Normative Examples
2.2.1 User Input using E-Mail Address Syntax
2.2.2 User Input using URL Syntax
2.2.3 User Input using Hostname and Port Syntax
2.2.4 User Input using "acct" URI Syntax
3 OpenID Provider Metadata
4 Obtaining OpenID Provider Configuration Information
4.1 OpenID Provider Configuration Request
4.2 OpenID Provider Configuration Response
4.3 OpenID Provider Configuration Validation
5 String Operations
6 Implementation Considerations | {ADVICE}
7 Security Considerations
7.1 TLS Requirements | API Gateway's; tests/stack holds the template to TLS alone
7.2 Impersonation Attacks
8 IANA Considerations | {REGISTRY}
"""

_REGISTRATION = f"""
1 Introduction | {WORDS}
2 Client Metadata
2.1 Metadata Languages and Scripts
3 Client Registration Endpoint
3.1 Client Registration Request
3.2 Client Registration Response
3.3 Client Registration Error Response
4 Client Configuration Endpoint
4.1 Forming the Client Configuration Endpoint URL
4.2 Client Read Request
4.3 Client Read Response
4.4 Client Read Error Response
5 "sector_identifier_uri" Validation
6 String Operations
7 Validation
8 Implementation Considerations | {ADVICE}
9 Security Considerations
9.1 Impersonation
9.2 Native Code Leakage
9.3 TLS Requirements | API Gateway's; tests/stack holds the template to TLS alone
10 IANA Considerations | {REGISTRY}
"""

_MULTIPLE_RESPONSE_TYPES = f"""
1 Introduction | {WORDS}
2 Response Types and Response Modes
2.1 Response Modes
2.2 Multiple-Valued Response Types
3 ID Token Response Type
4 None Response Type
5 Definitions of Multiple-Valued Response Type Combinations
6 IANA Considerations | {REGISTRY}
7 Security Considerations
"""

_FORM_POST = f"""
1 Introduction | {WORDS}
2 Form Post Response Mode
3 IANA Considerations | {REGISTRY}
4 Security Considerations
"""

_RP_INITIATED = f"""
1 Introduction | {WORDS}
2 RP-Initiated Logout
2.1 OpenID Provider Discovery Metadata
3 Redirection to RP After Logout
3.1 Client Registration Metadata
4 Validation and Error Handling
5 Implementation Considerations | {ADVICE}
6 Security Considerations
7 IANA Considerations | {REGISTRY}
"""

_BACK_CHANNEL = f"""
1 Introduction | {WORDS}
2 Back-Channel Logout
2.1 Indicating OP Support for Back-Channel Logout
2.2 Indicating RP Support for Back-Channel Logout
2.3 Remembering Logged-In RPs
2.4 Logout Token
2.5 Back-Channel Logout Request
2.6 Logout Token Validation
2.7 Back-Channel Logout Actions
2.8 Back-Channel Logout Response
3 Implementation Considerations | {ADVICE}
4 Security Considerations
4.1 Cross-JWT Confusion
5 IANA Considerations | {REGISTRY}
"""

_FRONT_CHANNEL = f"""
1 Introduction | {WORDS}
2 Relying Party Logout Functionality
3 OpenID Provider Logout Functionality
3.1 Example Front-Channel Logout URL Usage | {EXAMPLE}
4 Implementation Considerations
4.1 User Agents Blocking Access to Third-Party Content
5 Security Considerations
6 IANA Considerations | {REGISTRY}
"""

_SESSION = f"""
1 Introduction | {WORDS}
2 Creating and Updating Sessions
3 Session Status Change Notification
3.1 RP iframe | {PARTY}; a browser test has one
3.2 OP iframe
3.3 OpenID Provider Discovery Metadata
4 Validation | that what fails a check of sections 2 and 3 is not used
5 Implementation Considerations
5.1 User Agents Blocking Access to Third-Party Content
6 Security Considerations
7 IANA Considerations | {REGISTRY}
"""

# By the name in requirement ids.
TEXTS = {
    "OIDC-Core": CORE,
    "OIDC-Discovery": _DISCOVERY,
    "OIDC-Registration": _REGISTRATION,
    "OAuth-Multiple-Response-Types": _MULTIPLE_RESPONSE_TYPES,
    "OAuth-Form-Post": _FORM_POST,
    "OIDC-RPInitiated": _RP_INITIATED,
    "OIDC-BackChannel": _BACK_CHANNEL,
    "OIDC-FrontChannel": _FRONT_CHANNEL,
    "OIDC-Session": _SESSION,
    "OIDC-UnmetAuthenticationRequirements": UNMET,
    "RFC9101": REQUEST_OBJECTS,
    "RFC9470": STEP_UP,
}


@dataclass(frozen=True)
class Section:
    """A section by its number; `reason` says why it needs no test, empty where it needs one."""

    specification: str
    number: str
    title: str
    reason: str

    @property
    def requirement(self) -> str:
        return f"{self.specification}-{self.number}"


def sections() -> list[Section]:
    """All of them, in the order of their specifications."""
    found = []
    for specification, text in TEXTS.items():
        for line in text.strip().splitlines():
            named, _, reason = line.partition(" | ")
            number, _, title = named.partition(" ")
            found.append(Section(specification, number, title, reason))
    return found


def normalized(requirement: str) -> str:
    """A requirement's name without what is only spelling: OIDC-BackChannel-2.4, OIDC-Backchannel-2.4."""
    return requirement.replace("-", "").lower()


def untested(proved: Collection[str]) -> list[Section]:
    """The sections without a test, without parts that all have one, and without a reason."""
    names = {normalized(one) for one in proved}
    missing: dict[str, Section] = {}
    # From the last to the first: the parts of a section come after it.
    for section in reversed(sections()):
        if section.reason or normalized(section.requirement) in names:
            continue
        parts = [one for one in sections() if one.requirement.startswith(section.requirement + ".")]
        if not parts or any(part.requirement in missing for part in parts):
            missing[section.requirement] = section
    return [missing[name] for name in reversed(missing)]
