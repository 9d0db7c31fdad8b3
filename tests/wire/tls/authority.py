"""CAs and certificates that tests make for themselves."""

import datetime as dt
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PEM = serialization.Encoding.PEM
USAGES = {"client": ExtendedKeyUsageOID.CLIENT_AUTH, "server": ExtendedKeyUsageOID.SERVER_AUTH}


class Authority:
    """A CA of one's own, with its files in a folder."""

    def __init__(self, folder, name="Example CA"):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _named(name)
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "encipher_only", "decipher_only"), False
        )  # fmt: skip
        self.certificate = self._signed(
            self.name,
            self.key.public_key(),
            (-1, 10),
            [x509.BasicConstraints(True, None), x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True)],
        )
        self.ca = self._written("ca.pem", self.certificate.public_bytes(PEM))

    def issue(self, label, *names, days=(-1, 1), usage=None, password=None):
        """Path of certificate and key in one file, for the names; valid from and to `days` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [x509.SubjectAlternativeName([_general(name) for name in names])] if names else []
        if usage:
            extensions.append(x509.ExtendedKeyUsage([USAGES[usage]]))
        certificate = self._signed(_named(label), key.public_key(), days, extensions)
        hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, hidden)
        return self._written(f"{label}.pem", certificate.public_bytes(PEM) + private)

    def revoke(self, *paths):
        """Path of a list of revoked certificates."""
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        made = made.last_update(now - dt.timedelta(1)).next_update(now + dt.timedelta(1))
        for path in paths:
            serial = x509.load_pem_x509_certificate(path.read_bytes()).serial_number
            made = made.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
            )
        return self._written("crl.pem", made.sign(self.key, hashes.SHA256()).public_bytes(PEM))

    def _signed(self, subject, public, days, extensions):
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(public)
        made = made.serial_number(x509.random_serial_number())
        made = made.not_valid_before(now + dt.timedelta(days[0])).not_valid_after(now + dt.timedelta(days[1]))
        identified = [
            x509.SubjectKeyIdentifier.from_public_key(public),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
        ]
        for extension in (*extensions, *identified):
            made = made.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints | x509.KeyUsage))
        return made.sign(self.key, hashes.SHA256())

    def _written(self, name, content) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        return path


def _named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(name):
    if "://" in name:
        return x509.UniformResourceIdentifier(name)
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
