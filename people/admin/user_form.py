"""The forms of users: who they are, which roles they have, and which people and cameras they see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.db.models import Case, QuerySet, Value, When
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_variables

from people.accounts.granting import grantable
from people.accounts.limits import limit_kinds
from people.accounts.right_words import in_words, listed_in_words
from people.accounts.rights import ROLES, SENTENCES
from people.accounts.standing import rights_of_group

if TYPE_CHECKING:
    Base = forms.ModelForm[User]
    Groups = forms.ModelMultipleChoiceField[Group]
    Rights = forms.ModelMultipleChoiceField[Permission]
    Passwords = SetPasswordMixin[User]
else:  # generic for the type checker alone
    Base = forms.ModelForm
    Groups = Rights = forms.ModelMultipleChoiceField
    Passwords = SetPasswordMixin


def sentence_of(group: Group) -> str:
    """Returns what a role or a group of the site's own lets its members do, in a sentence."""
    if group.name in SENTENCES:
        return SENTENCES[group.name]
    rights = rights_of_group(group)
    return (
        f"A group of this site: may {listed_in_words(rights)}." if rights else "A group of this site, without rights."
    )


def in_order() -> QuerySet[Group]:
    """Returns the roles in the order of their table, and the site's own groups after them."""
    place = Case(*(When(name=name, then=Value(number)) for number, name in enumerate(ROLES)), default=Value(len(ROLES)))
    return Group.objects.order_by(place, "name")


class RolesField(Groups):
    def label_from_instance(self, obj: Group) -> SafeString:
        return format_html('<strong>{}</strong> <span class="role-may">{}</span>', obj.name, sentence_of(obj))


class SingleRightsField(Rights):
    def label_from_instance(self, obj: Permission) -> str:
        return in_words(f"{obj.content_type.app_label}.{obj.codename}")


class UserForm(Base):
    """`looker` fills in the form and is offered only what they can give; `form_for` sets it and adds fields."""

    looker: User
    groups = RolesField(
        Group.objects.none(),
        required=False,
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
        help_text="A user may do what any of their roles allows.",
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "groups", "is_staff", "is_superuser"]
        labels = {
            "username": "Name for logging in",
            "is_staff": "May open the admin pages",
            "is_superuser": "Superuser: may do everything",
        }
        help_texts = {
            "username": "Letters, digits and @ . + - _ only.",
            "email": "Where to reach this user.",
            "is_staff": "Enrollers, auditors and administrators work there.",
            "is_superuser": "Only superusers can make others superusers, and only they can change one.",
        }
        widgets = {
            "username": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "groups" in self.fields:
            offered = [group.pk for group in grantable(list(Group.objects.all()), self.looker)]
            field: Any = self.fields["groups"]
            field.queryset = in_order().filter(pk__in=offered)
        if "single_rights" in self.fields:
            field = self.fields["single_rights"]
            field.queryset = self.instance.user_permissions.select_related("content_type")
            field.initial = field.queryset
        for kind in set(limit_kinds()) & self.fields.keys():
            limits = limit_kinds()[kind]._default_manager.filter(user=self.instance.pk)
            self.fields[kind].initial = list(limits.values_list("group", flat=True))

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another user has this name already.", code="unique")
        return name

    def sees(self) -> dict[str, list[Any]]:
        """Returns the chosen groups of people and cameras, by kind of limit, for the kinds that were offered."""
        return {kind: list(self.cleaned_data[kind]) for kind in limit_kinds() if kind in self.cleaned_data}


class NewUserForm(Passwords, UserForm):
    """Takes a password, too, or none: then the next page shows a link with which the user sets one."""

    password1, password2 = SetPasswordMixin.create_password_fields("Password", "Password again")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("password1", "password2"):
            self.fields[name].required = False
        self.fields["password1"].help_text = password_validation.password_validators_help_text_html()
        self.fields["password2"].help_text = ""

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("password1")) != bool(cleaned.get("password2")):
            self.add_error("password2", "Type the password twice, or leave both fields empty.")
        self.validate_passwords()
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc] # fills the instance, with which the password is compared
        self.validate_password_for_user(self.instance)


class NewPasswordForm(Passwords, forms.Form):
    """Takes another password for `user`."""

    password1, password2 = SetPasswordMixin.create_password_fields("New password", "New password again")

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["password2"].help_text = ""

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return cleaned


def form_for(looker: User, user: User | None) -> type[UserForm]:
    """Returns the form with which `looker` changes `user`, or makes one, with fields for what they can give."""
    fields: dict[str, Any] = dict(_limit_fields(looker))
    if user is not None and user.user_permissions.exists():
        fields["single_rights"] = SingleRightsField(
            Permission.objects.none(),
            required=False,
            label="Single rights",
            widget=forms.CheckboxSelectMultiple,
            help_text="Given one by one. Untick what is no longer needed; to give more, use a role or a group.",
        )
    base = NewUserForm if user is None else UserForm
    return type(base.__name__, (base,), {"looker": looker, **fields})


def _limit_fields(looker: User) -> Iterator[tuple[str, forms.Field]]:
    for kind, limits in limit_kinds().items():
        groups, is_limited = _groups_for(looker, limits)
        if groups.exists():
            words = groups.model._meta.verbose_name_plural
            yield (
                kind,
                forms.ModelMultipleChoiceField(
                    groups,
                    required=is_limited,
                    widget=forms.CheckboxSelectMultiple,
                    label=f"Sees only these {words}",
                    help_text=(
                        "You see only these yourself, so choose at least one."
                        if is_limited
                        else "If you choose none, this user sees everything that the roles show. Superusers always do."
                    ),
                ),
            )


def _groups_for(looker: User, limits: Any) -> tuple[QuerySet[Any], bool]:
    """Returns the groups that `looker` can limit a user to, and whether `looker` is limited to them.

    Whoever is limited may not know of other groups, and gives no more than they see.
    """
    group: Any = limits.group.field.related_model
    own = group.objects.filter(limits__user=looker.pk)
    if not looker.is_superuser and own.exists():
        return own, True
    may = all(
        looker.has_perm(f"{limits._meta.app_label}.{verb}_{limits._meta.model_name}") for verb in ("add", "delete")
    )
    return (group.objects.all() if may else group.objects.none()), False
