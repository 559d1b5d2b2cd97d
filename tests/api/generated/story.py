"""The generated client signs in, adds a patient, finds them, changes them and deletes them."""

import sys

from clinic_client import AuthenticatedClient, Client
from clinic_client.api.patients import patients_create, patients_destroy, patients_list, patients_partial_update, patients_retrieve
from clinic_client.api.tokens import auth_login
from clinic_client.models import AuthLoginBody, Patient, PatientChange, PatientNew, PatientNewGender, PatientPage, TokenPair

url, user, password = sys.argv[1:]
pair = auth_login.sync(client=Client(base_url=url), body=AuthLoginBody(email=user, password=password))
assert isinstance(pair, TokenPair), pair
client = AuthenticatedClient(base_url=url, token=pair.access)

made = patients_create.sync(client=client, body=PatientNew(name="Émile Zola", age=62, gender=PatientNewGender.MALE))
assert isinstance(made, Patient) and made.name == "Émile Zola" and made.age == 62, made
everybody = patients_list.sync(client=client)
assert [one.id for one in everybody] == [made.id], everybody
page = patients_list.sync(client=client, search="zola", page_size=1)
assert isinstance(page, PatientPage) and page.count == 1 and page.results[0].name == made.name, page
changed = patients_partial_update.sync(made.id, client=client, body=PatientChange(address="Rue de Bruxelles"))
assert isinstance(changed, Patient) and changed.address == "Rue de Bruxelles", changed
gone = patients_destroy.sync_detailed(made.id, client=client)
assert gone.status_code == 204, gone
assert patients_retrieve.sync_detailed(made.id, client=client).status_code == 404
