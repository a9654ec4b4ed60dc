"""What a run costs on a real site, beside reading the provider directly, in one run on one machine."""
