"""Spreadsheets that bring goods in."""
