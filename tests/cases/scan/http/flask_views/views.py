"""Flask: the request is a module-level proxy; data, files, cookies, args, json."""

import base64
import pickle

import flask
import jsonpickle
import yaml
from flask import Blueprint, Flask, request

app = Flask(__name__)
api = Blueprint("api", __name__)


@app.route("/data", methods=["POST"])
def data():
    return str(pickle.loads(request.data))  # finding: pickle-over-network configurable high source=http


@app.post("/get_data")
def get_data():
    return str(pickle.loads(request.get_data()))  # finding: pickle-over-network configurable high source=http


@api.route("/files", methods=["POST"])
def files():
    upload = request.files["model"]
    return str(pickle.load(upload.stream))  # finding: pickle-over-network configurable high source=http


@app.route("/cookie")
def cookie():
    return str(pickle.loads(base64.b64decode(request.cookies.get("session", ""))))  # finding: pickle-over-network configurable high source=http


@app.route("/json", methods=["POST"])
def json_field():
    blob = flask.request.json["state"]
    return str(jsonpickle.decode(blob))  # finding: pickle-over-network configurable high source=http


@app.route("/args")
def args():
    return str(yaml.load(request.args["config"], Loader=yaml.Loader))  # finding: pickle-over-network configurable high source=http


@app.route("/safe", methods=["POST"])
def safe():
    return str(yaml.safe_load(request.data))  # safe: pickle-over-network


app.register_blueprint(api)
