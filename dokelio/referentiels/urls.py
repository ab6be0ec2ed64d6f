"""Adresses des recherches dans les référentiels, sous `/referentiels/`."""

from django.urls import path

from dokelio.referentiels import views

app_name = "referentiels"
urlpatterns = [
    path("communes/", views.communes, name="communes"),
    path("certifications/", views.certifications, name="certifications"),
    path("formacodes/", views.formacodes, name="formacodes"),
    path("rome/", views.rome, name="rome"),
    path("nsf/", views.nsf, name="nsf"),
]
