"""Exports a trained credit model for Scoredesk, from a checkout: see scoredesk_export/."""

from scoredesk_export.command import main

main()
