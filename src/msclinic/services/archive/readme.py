"""What the archive says of itself to whoever opens it in twenty years, without this program."""

__all__ = ["README"]

README = """\
ARCHIVE OF A TRIAL SITE
Archiwum ośrodka badania klinicznego: zacznij od pliku index.pl.html

Start with index.html (English) or index.pl.html (Polish) in any browser. No program, no network
and no script is needed.

index*.html, site*.html, participants/
    What is on record, as people read it: participants by code, visits, forms, every value with
    who, when, old, new and why. Times are the site's local time.
odm/export.xml
    All current data with audit and signatures as CDISC ODM-XML 1.3.2.
documents/
    Every PDF that was made or signed, named by the first 32 digits of its SHA-256. Their
    signatures (PAdES) can be checked with any PDF signature checker; the site's authority is
    certificates/authority.der.
study/<version>/
    The study's own content: forms, rules, wording. content.json is the canonical form; its
    SHA-256 is the version.
journal/journal.jsonl
    The journal: one entry a line, JSON, UTF-8, in the order in which this site took them in.
      hash       SHA-256 of the UTF-8 bytes of "bytes".
      bytes      The entry itself (RFC 8785 JSON), exactly as it was stored.
      signature  On the last entry of an act: Ed25519, hex, over the text "msclinic entry 1", a line
                 feed and the 32 bytes of the hash. The entry's "key" names the key; the entry with
                 action "keys_published" holds it.
      payloads   "value" and "reason": content and salt (hex). The entry's member of that name is
                 the SHA-256 of salt and content. One that is missing was removed by two persons
                 with a "blotted" entry.
    Entries of one "stream" are chained: "prev" is the hash of the entry before, "seq" counts from
    1, zeros stand before the first.
    A line with "withheld": true keeps the place of an entry that the maker may not read.
sealed/*.jsonl.age
    The withheld entries, whole, one package for each form, encrypted with age (age-encryption.org,
    X25519) to the keys of those who may read them. Open with: age -d -i KEYFILE FILE
certificates/
    authority.der: the site's own authority. signer.der: who made and signed this archive.
manifest.json, manifest.sig
    Every file with size and SHA-256, the journal's position, and who made this. The signature is
    ECDSA P-256 over SHA-256 of manifest.json, DER:
      openssl x509 -inform DER -in certificates/signer.der -pubkey -noout > signer.pem
      openssl dgst -sha256 -verify signer.pem -signature manifest.sig manifest.json

With the program: msclinic archive --check FOLDER checks hashes, chain and signatures, and prints
the fingerprint of the authority's certificate. Compare it with the one that the site keeps on
paper: an archive cannot vouch for its own authority.
"""
