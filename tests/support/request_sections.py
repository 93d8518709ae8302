"""The sections of what goes with an authentication request beside OpenID Connect Core: request objects (RFC
9101), step-up (RFC 9470), and the error of a sign-in that can not be as demanded; and why some need no test.
"""

from tests.support.openid_core_sections import ADVICE, REGISTRY, WORDS

UNMET = f"""
1 Introduction | {WORDS}
2 Authentication Error Definition
3 IANA Considerations | {REGISTRY}
"""

REQUEST_OBJECTS = f"""
1 Introduction | {WORDS}
2 Terminology | {WORDS}
3 Symbols and Abbreviated Terms | {WORDS}
4 Request Object
5 Authorization Request
5.1 Passing a Request Object by Value
5.2 Passing a Request Object by Reference
5.2.1 URI Referencing the Request Object
5.2.2 Request Using the "request_uri" Request Parameter
5.2.3 Authorization Server Fetches Request Object
6 Validating JWT-Based Requests
6.1 JWE Encrypted Request Object
6.2 JWS-Signed Request Object
6.3 Request Parameter Assembly and Validation
7 Authorization Server Response
8 TLS Requirements | API Gateway's; tests/stack holds the template to TLS alone
9 IANA Considerations | {REGISTRY}
10 Security Considerations
10.1 Choice of Algorithms
10.2 Request Source Authentication
10.3 Explicit Endpoints
10.4 Risks Associated with request_uri
10.4.1 DDoS Attack on the Authorization Server
10.4.2 Request URI Rewrite
10.5 Downgrade Attack | require_signed_request_object is optional, and not served: no metadata name it
10.6 TLS Security Considerations | API Gateway's, and of the client's host that objects are fetched from
10.7 Parameter Mismatches
10.8 Cross-JWT Confusion
11 Privacy Considerations
11.1 Collection Limitation | of what a client asks for
11.2 Disclosure Limitation
11.2.1 Request Disclosure
11.2.2 Tracking Using Request Object URI | of the URIs a client makes up
"""

STEP_UP = f"""
1 Introduction | {WORDS}
2 Protocol Overview | {WORDS}
3 Authentication Requirements Challenge
4 Authorization Request
5 Authorization Response
6 Authentication Information Conveyed via Access Token
6.1 JWT Access Tokens
6.2 OAuth 2.0 Token Introspection
7 Authorization Server Metadata
8 Deployment Considerations | {ADVICE}
9 Security Considerations | of what a resource server tells in its challenge
10 IANA Considerations | {REGISTRY}
"""
