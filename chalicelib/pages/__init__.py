"""What a person sees: templates and one stylesheet."""
