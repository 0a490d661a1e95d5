"""What the host page's server signs for the traveller who is signed in there: CONCIERGE_HOST_KEY=… python sign_identity.py lin-gold"""

import os
import sys
import time

import jwt  # pip install pyjwt

now = int(time.time())
claims = {"sub": sys.argv[1], "aud": "travel-concierge", "iat": now, "exp": now + 600}
kid = os.environ.get("CONCIERGE_HOST_KID")  # needed where the Concierge knows several keys
print(jwt.encode(claims, os.environ["CONCIERGE_HOST_KEY"], algorithm="HS256", headers={"kid": kid} if kid else None))
