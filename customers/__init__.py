"""WHO asks, what they hold and what they are owed: travellers, companies, bookings, tags, rights and changes."""
