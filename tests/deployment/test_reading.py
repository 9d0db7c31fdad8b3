"""Each kind of deployment file becomes units: compose files, manifests, values and templates of charts, variables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.deployment.facts import Port, Unit, Unreadable, Variable
from gnomon.deployment.reading import units
from gnomon.deployment.variables import is_env_file


def _commands(unit: Unit) -> list[str]:
    return [" ".join(word.text for word in command) for command in unit.commands]


COMPOSE = b"""\
x-common: &common
  environment: {A: 1}
services:
  one:
    <<: *common
    build: .
    entrypoint: [python, -m]
    command: jobs --host 0.0.0.0
    network_mode: host
    env_file:
      - one.env
      - path: two.env
  two:
    image: b
    environment:
      - B=2
      - C
    ports:
      - "127.0.0.1:5557:5557/udp"
      - 8000:80
      - "9000"
      - "[::1]:1:2"
      - ${PORT:-7}:70
      - target: 60
        published: 6
        host_ip: 10.0.0.1
      - 3000-3005
"""


def test_a_compose_file_has_a_unit_a_service():
    """Commands, variables, files of variables, network and ports of each service, merged keys included."""
    one, two = units("compose.yaml", COMPOSE)

    assert _commands(one) == ["python -m jobs --host 0.0.0.0"]
    assert one.variables == (Variable("A", "1", 2),)
    assert (one.host_network, one.built_here) == (9, True)
    assert [word.text for word in one.env_files] == ["one.env", "two.env"]
    assert two.variables == (Variable("B", "2", 16),)
    assert not two.built_here


def test_ports_of_a_compose_file():
    """Short and long forms; the number is the container's, the interface the host's."""
    _, two = units("compose.yaml", COMPOSE)

    assert [(port.number, port.interface, port.line) for port in two.ports] == [
        (5557, "127.0.0.1", 19),
        (80, "", 20),
        (9000, "", 21),
        (2, "::1", 22),
        (70, "", 23),
        (60, "10.0.0.1", 24),
    ]


MANIFEST = b"""\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      hostNetwork: true
      containers:
        - name: jobs
          command: ["sh", "-c"]
          args:
            - |
              export A=1
              exec python -m jobs \\
                --host 0.0.0.0
          env:
            - name: B
              value: "2"
            - name: C
              valueFrom: {fieldRef: {fieldPath: status.podIP}}
          ports:
            - containerPort: 5557
              hostPort: 31557
              hostIP: 127.0.0.1
            - containerPort: 80
          livenessProbe:
            exec:
              command: [python, check.py]
---
apiVersion: v1
kind: Service
spec:
  type: NodePort
  ports:
    - port: 80
      targetPort: 5557
    - {name: named, targetPort: http}
---
apiVersion: v1
kind: ConfigMap
data:
  D: "4"
"""


def test_a_manifest_has_a_unit_a_container():
    """Containers wherever they stand, probes left out, services and configuration of other documents beside them."""
    jobs, service, configuration = units("deploy/jobs.yml", MANIFEST)

    assert _commands(jobs) == ["python -m jobs --host 0.0.0.0"]
    assert [word.line for word in jobs.commands[0]] == [13, 13, 13, 14, 14]
    assert jobs.variables == (Variable("B", "2", 17), Variable("A", "1", 12))
    assert jobs.ports == (Port(5557, "host-port", "127.0.0.1", 22),)
    assert jobs.host_network == 6
    assert service.ports == (Port(5557, "node-port", "", 35),)
    assert configuration.variables == (Variable("D", "4", 41),)


def test_values_of_a_chart():
    """A command, variables in both forms and the kind of service, at any depth."""
    text = b"""\
image:
  command: ["jobs", "--host", "0.0.0.0"]
  env:
    A: "1"
    B: {value: two}
service:
  type: LoadBalancer
  port: 5557
"""

    image, service = units("chart/values.yaml", text)

    assert _commands(image) == ["jobs --host 0.0.0.0"]
    assert image.variables == (Variable("A", "1", 4), Variable("B", "two", 5))
    assert service.ports == (Port(5557, "load-balancer", "", 8),)


TEMPLATE = b"""\
{{- if .Values.on }}
apiVersion: v1
kind: Pod
metadata:
  labels: {{- include "labels" . | nindent 4 }}
spec:
  containers:
    - name: {{ .Values.name }}
      command: [python, -m, jobs, --host, 0.0.0.0, "{{ .Values.extra | default "x" }}"]
      env:
        {{- with .Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        - name: A
          value: "1"
{{- end }}
"""


def test_a_template_is_read_with_its_actions_filled_in():
    """What is plain text in it counts, on its own line."""
    (pod,) = units("chart/templates/pod.yaml", TEMPLATE)

    assert _commands(pod) == ["python -m jobs --host 0.0.0.0 __template__"]
    assert pod.variables == (Variable("A", "1", 15),)


def test_a_template_that_is_no_yaml_even_so_is_read_line_by_line():
    """Nothing is made up: words that stand on lines of their own, and pairs of name and value."""
    text = b"a: b\n{{ if .x }} c: d\n  - --host\n  - '0.0.0.0'\n- name: A\n  value: \"1\"\n\t- x: {{\n"

    (unit,) = units("templates/pod.yaml", text)

    assert _commands(unit) == ["--host 0.0.0.0"]
    assert Variable("A", "1", 6) in unit.variables


def test_a_file_of_variables():
    """Quotes, `export`, comments and blanks as in files that compose reads."""
    text = b"# no=1\nexport A='a b' # c\nB=2 # two\nC: 3\n\nnot a line\nD=\"\"\nE=a#b\n"

    (unit,) = units(".env", text)

    assert [(item.name, item.value, item.line) for item in unit.variables] == [
        ("A", "a b", 2),
        ("B", "2", 3),
        ("C", "3", 4),
        ("D", "", 7),
        ("E", "a#b", 8),
    ]


@pytest.mark.parametrize(
    ("path", "expected"), [(".env", True), ("a/.env.local", True), ("worker.env", True), ("env.yaml", False)]
)
def test_files_of_variables_are_known_by_name(path, expected):
    """`.env`, `.env.NAME` and `NAME.env`."""
    assert is_env_file(path) is expected


def test_what_is_no_yaml_is_refused():
    """A manifest in another template language can't be read, and says where."""
    with pytest.raises(Unreadable, match="not YAML at line 3"):
        units("pod.yaml", b"apiVersion: v1\nkind: Pod\n  a: : {b}:/\n")


PIECES = st.sampled_from(
    [
        "services:", "  a:", "    command:", "    command: [a, {b: c}, [d]]", "    environment: [A=1, B, [C]]",
        "    ports: [1:2, {target: x}, 99999:1, ::, '1']", "    env_file: {path: 1}", "    network_mode: [host]",
        "apiVersion: v1", "kind: Service", "kind: {a: b}", "spec: {type: NodePort, ports: [a, {port: 1}]}",
        "hostNetwork: true",
        "ports: [{hostPort: x}, {hostPort: 80, containerPort: y}]", "env: {A: {value: [1]}}", "<<: [a, {command: b}]",
        "args: |", "  export A=1; b", "{{ x", "{{ y }}", "- name: A", "  value: 1", "---", "\t",
    ]
)  # fmt: skip


@given(
    st.sampled_from(["compose.yaml", "values.yaml", "Dockerfile", ".env", "x.yml"]),
    st.lists(PIECES, max_size=10).map("\n".join).map(str.encode) | st.binary(max_size=200),
)
@settings(max_examples=400, deadline=None)
def test_whatever_is_read_gives_units_or_the_one_error(path, data):
    """No file raises anything but Unreadable, and each line that is named is one of the file's."""
    try:
        found = units(path, data)
    except Unreadable:
        return

    last = len(data.splitlines()) + 1
    assert all(0 < item.line <= last for unit in found for item in (*unit.variables, *unit.ports))
