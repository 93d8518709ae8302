"""An app for a device without a browser (RFC 8628)."""
