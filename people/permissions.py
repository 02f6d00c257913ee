"""Who may use the REST API: whoever holds the model's right, for reading too."""

from rest_framework.permissions import DjangoModelPermissions


class ModelRights(DjangoModelPermissions):
    """DRF's model permissions, with the view right asked for reading (DRF's own asks none)."""

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "OPTIONS": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
    }
