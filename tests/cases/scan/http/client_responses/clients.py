"""HTTP clients that unpickle the response: requests, httpx, urllib, http.client."""

import http.client
import pickle
import urllib.request

import httpx
import requests


def by_requests(base_url):
    response = requests.post(f"{base_url}/predict", data=b"x", timeout=10)
    response.raise_for_status()
    return pickle.loads(response.content)  # finding: pickle-over-network configurable high source=http role=connect


def by_session(base_url):
    with requests.Session() as session:
        return pickle.load(session.get(base_url, stream=True).raw)  # finding: pickle-over-network configurable high source=http role=connect


def by_httpx(base_url):
    with httpx.Client(base_url=base_url) as client:
        return pickle.loads(client.get("/state").content)  # finding: pickle-over-network configurable high source=http role=connect


def by_urllib(url):
    with urllib.request.urlopen(url) as response:
        return pickle.loads(response.read())  # finding: pickle-over-network configurable high source=http role=connect


def by_http_client(host):
    connection = http.client.HTTPConnection(host, 8080)
    connection.request("GET", "/state")
    return pickle.loads(connection.getresponse().read())  # finding: pickle-over-network configurable high source=http role=connect


def local():
    return pickle.loads(requests.get("http://127.0.0.1:8000/state").content)  # finding: pickle-over-network this-host medium source=http role=connect


def as_json(base_url):
    return requests.get(base_url).json()  # safe: pickle-over-network
