"""Client authentication: RFC 6749 section 2.3. One method is one file; `authenticate` joins them."""
