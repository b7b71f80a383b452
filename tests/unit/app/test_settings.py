from msclinic.app.settings import Settings, load_settings, store_settings


def test_stored_choices_come_back(tmp_path):
    store_settings(tmp_path, Settings("pl", "dark", 150))
    assert load_settings(tmp_path) == Settings("pl", "dark", 150)


def test_a_damaged_file_gives_the_defaults(tmp_path):
    (tmp_path / "settings.json").write_text("{", "utf-8")
    assert load_settings(tmp_path) == Settings()


def test_what_is_not_allowed_is_left_as_it_was():
    assert Settings("pl").with_changes(language="xx", theme="pink", scale=7) == Settings("pl")
