"""Edge in: one OAuth or OpenID Connect endpoint is one file, one Lambda, one section of the stack."""
