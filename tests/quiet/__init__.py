"""Put before everything else on PYTHONPATH of the processes that tests start."""
