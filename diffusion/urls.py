"""Adresses de la diffusion."""

from django.urls import URLPattern, path

from diffusion.views import diffusion, imports

urlpatterns: list[URLPattern] = [
    path("diffusion/", diffusion.diffusion, name="diffusion"),
    path("diffusion/executions/<int:pk>/", diffusion.execution, name="execution"),
    path("diffusion/executions/<int:pk>/document/", diffusion.document, name="execution_document"),
    path("diffusion/executions/<int:pk>/publier/", diffusion.publier, name="execution_publier"),
    path("diffusion/<slug:slug>/executions/", diffusion.historique, name="flux_executions"),
    path("diffusion/<slug:slug>/lancer/", diffusion.lancer, name="flux_lancer"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.rapport, name="import"),
    path("imports/<int:pk>/appliquer/", imports.appliquer, name="import_appliquer"),
]
