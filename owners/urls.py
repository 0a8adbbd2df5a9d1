from django.urls import path

from owners.views import files, household, lookup, people, pickers, tenures, vehicles

app_name = "owners"
urlpatterns = [
    # People
    path("people/", people.OwnerListView.as_view(), name="owner_list"),
    path("people/new/", people.OwnerCreateView.as_view(), name="owner_create"),
    path("people/picker/", pickers.owner_picker, name="owner_picker"),
    path("people/<int:pk>/", files.owner_file, name="owner_file"),
    path("people/<int:pk>/change/", people.OwnerUpdateView.as_view(), name="owner_update"),
    path("people/<int:pk>/disable/", people.OwnerDisableView.as_view(), name="owner_disable"),
    path("people/<int:pk>/restore/", people.OwnerRestoreView.as_view(), name="owner_restore"),
    path("people/<int:pk>/timeline/", files.owner_timeline, name="owner_timeline"),
    path("people/<int:pk>/contacts/", files.owner_contacts, name="owner_contacts"),
    path("people/<int:pk>/attachments/", files.owner_attachments, name="owner_attachments"),
    path("people/<int:pk>/attachments/new/", household.OwnerAttachView.as_view(), name="owner_attach"),
    path("people/<int:pk>/history/", files.owner_history, name="owner_history"),
    path("people/<int:pk>/units/new/", tenures.OwnerTenureCreateView.as_view(), name="owner_tenure_create"),
    path("people/<int:pk>/preferences/", people.PreferenceUpdateView.as_view(), name="preference_update"),
    path("people/<int:pk>/keeper/", people.KeeperUpdateView.as_view(), name="keeper_update"),
    path("people/<int:pk>/verify/", people.OwnerVerifyView.as_view(), name="owner_verify"),
    # Numbers, contacts, tags and consents of a person
    path("people/<int:pk>/phones/new/", people.PhoneCreateView.as_view(), name="phone_create"),
    path("phones/<int:pk>/change/", people.PhoneUpdateView.as_view(), name="phone_update"),
    path("phones/<int:pk>/prefer/", people.PhonePreferView.as_view(), name="phone_prefer"),
    path("phones/<int:pk>/remove/", people.PhoneRemoveView.as_view(), name="phone_remove"),
    path("people/<int:pk>/emergency/new/", people.EmergencyCreateView.as_view(), name="emergency_create"),
    path("emergency/<int:pk>/change/", people.EmergencyUpdateView.as_view(), name="emergency_update"),
    path("emergency/<int:pk>/remove/", people.EmergencyRemoveView.as_view(), name="emergency_remove"),
    path("people/<int:pk>/tags/new/", people.TagCreateView.as_view(), name="tag_create"),
    path("tags/<int:pk>/remove/", people.TagRemoveView.as_view(), name="tag_remove"),
    path("people/<int:pk>/consents/new/", people.ConsentCreateView.as_view(), name="consent_create"),
    path("consents/<int:pk>/withdraw/", people.ConsentWithdrawView.as_view(), name="consent_withdraw"),
    # Households: one file for a unit
    path("households/picker/", pickers.unit_picker, name="unit_picker"),
    path("households/<int:pk>/", files.unit_file, name="unit_file"),
    path("households/<int:pk>/print/", files.unit_file_print, name="unit_file_print"),
    path("households/<int:pk>/people/", files.unit_people, name="unit_people"),
    path("households/<int:pk>/timeline/", files.unit_timeline, name="unit_timeline"),
    path("households/<int:pk>/contacts/", files.unit_contacts, name="unit_contacts"),
    path("households/<int:pk>/contacts/new/", household.ContactCreateView.as_view(), name="contact_create"),
    path("households/<int:pk>/attachments/", files.unit_attachments, name="unit_attachments"),
    path("households/<int:pk>/attachments/new/", household.UnitAttachView.as_view(), name="unit_attach"),
    path("households/<int:pk>/history/", files.unit_history, name="unit_history"),
    path("households/<int:pk>/people/new/", tenures.UnitTenureCreateView.as_view(), name="unit_tenure_create"),
    path("households/<int:pk>/family/new/", household.FamilyCreateView.as_view(), name="family_create"),
    path("family/<int:pk>/change/", household.FamilyUpdateView.as_view(), name="family_update"),
    path("family/<int:pk>/leave/", household.FamilyLeaveView.as_view(), name="family_leave"),
    path("contacts/new/", household.contact_start, name="contact_start"),
    # Whose call is it; a call centre opens owners/lookup#phone=… and what stands behind # is posted
    path("owners/lookup", lookup.lookup, name="lookup"),
    path("owners/lookup/new", lookup.lookup_create, name="lookup_create"),
    # Relations
    path("tenures/", tenures.TenureListView.as_view(), name="tenure_list"),
    path("tenures/<int:pk>/change/", tenures.TenureUpdateView.as_view(), name="tenure_update"),
    path("tenures/<int:pk>/end/", tenures.TenureEndView.as_view(), name="tenure_end"),
    path("tenures/<int:pk>/replace/", tenures.TenureReplaceView.as_view(), name="tenure_replace"),
    # Vehicles
    path("vehicles/", vehicles.VehicleListView.as_view(), name="vehicle_list"),
    path("vehicles/new/", vehicles.VehicleCreateView.as_view(), name="vehicle_create"),
    path("vehicles/<int:pk>/", vehicles.VehicleDetailView.as_view(), name="vehicle_detail"),
    path("vehicles/<int:pk>/change/", vehicles.VehicleUpdateView.as_view(), name="vehicle_update"),
    path("vehicles/<int:pk>/disable/", vehicles.VehicleDisableView.as_view(), name="vehicle_disable"),
    path("vehicles/<int:pk>/restore/", vehicles.VehicleRestoreView.as_view(), name="vehicle_restore"),
]
