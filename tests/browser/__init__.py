"""The two pages in a real browser, against the real `concierge demo`."""
