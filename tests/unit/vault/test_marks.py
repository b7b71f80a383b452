from msclinic.vault import MarkKey, new_data_key


def test_a_mark_fits_only_the_bytes_and_the_record_it_was_made_for() -> None:
    data_key = new_data_key()
    mark = MarkKey(data_key).mark(b"as written")
    assert MarkKey(data_key).fits(b"as written", mark)
    assert not MarkKey(data_key).fits(b"as forged", mark)
    assert not MarkKey(new_data_key()).fits(b"as written", mark)


def test_what_is_no_mark_at_all_does_not_fit() -> None:
    key = MarkKey(new_data_key())
    assert not key.fits(b"as written", "")
    assert not key.fits(b"as written", "ż" * 64)


def test_neither_key_shows() -> None:
    data_key = new_data_key()
    assert data_key.hex() not in repr(vars(MarkKey(data_key)))
    assert repr(MarkKey(data_key)) == "MarkKey()"
