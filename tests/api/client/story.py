"""The whole story of a program that was written for a Django REST Framework backend with simplejwt, told to Praxis.

Called with the address of a server whose database is empty: python3 story.py http://127.0.0.1:8000
"""

import sys
import time

import jwt
import requests

BASE = sys.argv[1].rstrip("/")
PASSWORD = "purple-otter-hums-39"


def call(method, path, status, token=None, **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.request(method, f"{BASE}/api{path}", headers=headers, timeout=30, allow_redirects=False, **more)
    assert answer.status_code == status, f"{method} {path}: {answer.status_code} instead of {status}: {answer.text}"
    if status == 204:
        assert not answer.content, path
        return None
    assert answer.headers["Content-Type"].startswith("application/json"), path
    return answer.json()


def account(name, email):
    made = call("POST", "/auth/register/", 201, json={"name": name, "email": email, "password": PASSWORD})
    assert made == {"id": made["id"], "name": name, "email": email}, made
    return made["id"]


def login(email):
    pair = call("POST", "/auth/login/", 200, json={"email": email, "password": PASSWORD})
    assert set(pair) == {"access", "refresh"}, pair
    return pair


# Register and sign in
rosa_id = account("Rosa Franklin", "rosa@example.org")
assert "email" in call("POST", "/auth/register/", 400, json={"name": "Rosa", "email": "ROSA@example.org", "password": PASSWORD})
assert set(call("POST", "/auth/register/", 400, json={})) == {"name", "email", "password"}
assert "password" in call("POST", "/auth/register/", 400, json={"name": "A", "email": "a@example.org", "password": "1234567"})
assert call("POST", "/auth/login/", 401, json={"email": "rosa@example.org", "password": "wrong-password"})["detail"]
pair = login("rosa@example.org")
rosa = pair["access"]

# The claims of the token, without and with its key
claims = jwt.decode(rosa, options={"verify_signature": False})
assert claims["token_type"] == "access" and claims["user_id"] == str(rosa_id), claims
assert claims["email"] == "rosa@example.org" and claims["name"] == "Rosa Franklin", claims
assert claims["exp"] - claims["iat"] == 3600 and abs(claims["iat"] - time.time()) < 60, claims
assert jwt.get_unverified_header(rosa)["alg"] == "HS256"
for forged in (jwt.encode(claims, "", algorithm="HS256"), jwt.encode(claims, None, algorithm="none"), rosa[:-2] + "xx", "x"):
    assert call("GET", "/patients/", 401, token=forged)["code"] == "token_not_valid"
assert call("GET", "/patients/", 401)["detail"]
assert call("GET", "/patients/", 401, token=pair["refresh"])["code"] == "token_not_valid"

# Patients
assert call("GET", "/patients/", 200, token=rosa) == []
zoe = {"name": "Zoë Kravitz", "age": 36, "gender": "female", "address": "1 Rue de la Paix"}
patient = call("POST", "/patients/", 201, token=rosa, json=zoe)
assert {key: patient[key] for key in zoe} == zoe, patient
assert patient["created_at"].endswith("Z"), patient
assert "age" in call("POST", "/patients/", 400, token=rosa, json={"name": "No age", "gender": "female"})
path = f"/patients/{patient['id']}/"
assert call("GET", path, 200, token=rosa)["name"] == "Zoë Kravitz"
assert call("PUT", path, 200, token=rosa, json={**zoe, "age": 37})["age"] == 37
assert call("PATCH", path, 200, token=rosa, json={"address": "2 Rue de la Paix"})["address"] == "2 Rue de la Paix"

# Doctors and mappings
doctor = call("POST", "/doctors/", 201, token=rosa, json={"name": "Dr Grace Hopper", "specialization": "Cardiology"})
assert [one["id"] for one in call("GET", "/doctors/", 200, token=rosa)] == [doctor["id"]]
mapping = call("POST", "/mappings/", 201, token=rosa, json={"patient": patient["id"], "doctor": doctor["id"]})
assert (mapping["patient"], mapping["doctor"]) == (patient["id"], doctor["id"]), mapping
call("POST", "/mappings/", 400, token=rosa, json={"patient": patient["id"], "doctor": doctor["id"]})
assert len(call("GET", "/mappings/", 200, token=rosa)) == 1
assert len(call("GET", f"/mappings/{patient['id']}/", 200, token=rosa)) == 1

# Another user sees none of it
account("Colin", "colin@example.org")
colin = login("colin@example.org")["access"]
assert call("GET", "/patients/", 200, token=colin) == []
for method in ("GET", "PATCH", "DELETE"):
    call(method, path, 404, token=colin, **({"json": {}} if method == "PATCH" else {}))
call("DELETE", f"/mappings/{mapping['id']}/", 404, token=colin)

# Renewing, once each; a token that is sent again because its answer was lost has the same successor
call("POST", "/auth/token/refresh/", 200, json={"refresh": pair["refresh"]})
first = call("POST", "/auth/token/refresh/", 200, json={"refresh": pair["refresh"]})
fresh = call("POST", "/auth/token/refresh/", 200, json={"refresh": first["refresh"]})
rosa = fresh["access"]
assert call("POST", "/auth/token/verify/", 200, json={"token": rosa}) == {}
me = call("GET", "/auth/me/", 200, token=rosa)
assert (me["id"], me["email"], me["name"]) == (rosa_id, "rosa@example.org", "Rosa Franklin"), me

# Deleting and revoking everything
call("DELETE", f"/mappings/{mapping['id']}/", 204, token=rosa)
call("DELETE", path, 204, token=rosa)
call("GET", path, 404, token=rosa)
call("POST", "/auth/logout/", 200, json={"refresh": fresh["refresh"]})
for token in (rosa, pair["access"]):
    assert call("GET", "/patients/", 401, token=token)["code"] == "token_not_valid"
call("POST", "/auth/token/refresh/", 401, json={"refresh": fresh["refresh"]})

print("The story was told.")
