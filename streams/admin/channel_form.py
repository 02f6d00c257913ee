"""The admin's form for a channel: the fields of its kind. It never shows a secret, and an empty field keeps it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people.base.guarded_form import GuardedForm
from streams.channels.entering import FIELDS, SECRET
from streams.channels.services import check_channel, settings_state
from streams.records.channel import Channel
from streams.records.groups import CameraGroup, camera_limits, groups_within
from streams.records.states import ChannelKind

WIDE = {"class": "vLargeTextField"}
URLS = {
    ChannelKind.WEBHOOK: "Your program's address, as https://example.org/hook. Only its beginning is shown later.",
    ChannelKind.APPRISE: "Apprise's address of the service, as tgram://TOKEN/CHAT. Never shown later.",
}


class ChannelForm(GuardedForm):
    """`user`, who saves it, is set on a subclass for each request."""

    user: Any = None
    kind = forms.ChoiceField(choices=ChannelKind.choices, widget=forms.HiddenInput)
    camera_groups = forms.ModelMultipleChoiceField(
        CameraGroup.objects.none(),
        label="Groups of cameras",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="It tells of the cameras in these groups alone, unless of all.",
    )
    url = forms.CharField(
        label="Address",
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={**WIDE, "autocomplete": "off", "spellcheck": "false"}),
    )
    recipients = forms.CharField(
        label="Recipients", required=False, widget=forms.Textarea(attrs={"rows": 4, **WIDE}), help_text="One a line."
    )
    host = forms.CharField(label="Broker", required=False, max_length=253, help_text="Its name or address.")
    port = forms.IntegerField(
        label="Port", required=False, min_value=1, max_value=65_535, help_text="Empty: 8883, without encryption 1883."
    )
    encrypted = forms.BooleanField(
        label="Encrypted", required=False, initial=True, help_text="Without it only in this site's own networks."
    )
    username = forms.CharField(label="User", required=False, max_length=200)
    password = forms.CharField(
        label="Password",
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text="Stored sealed and never shown.",
    )
    forget_password = forms.BooleanField(label="Forget the stored password", required=False)
    base_topic = forms.CharField(
        label="Topics begin with",
        initial="facesite",
        max_length=100,
        help_text="Each site on a broker has its own.",
    )
    discovery_prefix = forms.CharField(
        label="Home Assistant's prefix",
        initial="homeassistant",
        max_length=100,
        help_text="Below it Home Assistant looks for devices.",
    )
    certificate = forms.CharField(
        label="Certificate to trust",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, **WIDE}),
        help_text="In PEM, if the receiver's is of no public authority.",
    )

    class Meta:
        model = Channel
        fields = ("name", "kind", "is_on", "everywhere")
        labels = {"everywhere": "Of all cameras"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {name for names in FIELDS.values() for name in names} - set(FIELDS[self.its_kind]):
            self.fields.pop(name, None)
        if "password" not in self.fields or not self.instance.sealed_secret:
            self.fields.pop("forget_password", None)
        if "camera_groups" in self.fields:
            mine = groups_within(camera_limits(self.user))
            self.fields["camera_groups"].queryset = mine  # type: ignore[attr-defined]
        self._show_stored()

    @property
    def its_kind(self) -> str:
        """Returns the kind of the channel; of a new one, what was chosen before the form."""
        if not self.instance._state.adding:
            return str(self.instance.kind)
        chosen = self.data.get("kind") or self.initial.get("kind")
        return str(chosen) if chosen in ChannelKind.values else ChannelKind.WEBHOOK

    def state(self, row: Any) -> str:
        return settings_state(row)

    def entered(self) -> dict[str, Any]:
        """Returns what was entered for the kind, without secrets that were left empty: the stored ones stay."""
        values = {name: self.cleaned_data.get(name) for name in FIELDS[self.its_kind]}
        for name in SECRET:
            if name in values and not values[name]:
                del values[name]
        if "recipients" in values:
            values["recipients"] = str(values["recipients"] or "").replace(",", "\n").split()
        if self.cleaned_data.get("forget_password"):
            values["password"] = ""
        return values

    def groups(self) -> list[CameraGroup]:
        return list(self.cleaned_data.get("camera_groups") or ())

    def _post_clean(self) -> None:
        """Checks the channel as the service will, so that what is wrong stands at its field."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            check_channel(channel=self.instance, entered=self.entered(), groups=self.groups(), by=self.user)
        except ValidationError as error:
            self._say(error)

    def _say(self, error: ValidationError) -> None:
        told = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, messages in told.items():
            self.add_error(name if name in self.fields else None, messages)

    def _show_stored(self) -> None:
        channel = self.instance
        if "url" in self.fields:
            self.fields["url"].help_text = URLS[ChannelKind(self.its_kind)]
        if channel._state.adding:
            return
        if "url" in self.fields:
            place = channel.address.get("place") or channel.address.get("service")
            self.fields["url"].help_text = f"One is stored ({place}); empty keeps it."
        for name in set(FIELDS[channel.kind]) - set(SECRET):
            if name in self.fields:
                self.initial[name] = channel.address.get(name)
        if "recipients" in self.fields:
            self.initial["recipients"] = "\n".join(channel.address.get("recipients", []))
        if "password" in self.fields and channel.sealed_secret:
            self.fields["password"].help_text = "One is stored; empty keeps it."
        self.initial["camera_groups"] = list(channel.camera_groups.values_list("pk", flat=True))
