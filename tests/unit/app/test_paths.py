from msclinic.app.paths import home_folder, state_folder


def test_the_command_line_names_the_home_before_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("MSCLINIC_HOME", str(tmp_path / "environment"))
    assert home_folder(tmp_path / "chosen") == tmp_path / "chosen"
    assert home_folder() == tmp_path / "environment"


def test_without_a_choice_the_system_names_the_home(monkeypatch):
    monkeypatch.delenv("MSCLINIC_HOME", raising=False)
    assert home_folder().name == "msclinic"


def test_the_environment_names_where_markers_lie(tmp_path, monkeypatch):
    monkeypatch.setenv("MSCLINIC_STATE", str(tmp_path / "state"))
    assert state_folder() == tmp_path / "state"


def test_without_a_choice_markers_lie_outside_the_home(monkeypatch):
    monkeypatch.delenv("MSCLINIC_STATE")
    monkeypatch.delenv("MSCLINIC_HOME", raising=False)
    assert home_folder() not in (state_folder(), *state_folder().parents)
