"""Other web frameworks: the request is self.request, or the view's first parameter."""

import pickle

import tornado.web
from django.http import HttpRequest, HttpResponse
from django.views import View
from tornado.websocket import WebSocketHandler


class PredictHandler(tornado.web.RequestHandler):
    def post(self):
        self.write(str(pickle.loads(self.request.body)))  # finding: pickle-over-network configurable high source=http

    def get(self):
        self.write(tornado.escape.json_decode(self.request.body))  # safe: pickle-over-network


class StreamHandler(WebSocketHandler):
    def on_message(self, message):
        self.write_message(str(pickle.loads(message)))  # finding: pickle-over-network configurable high source=websocket


def predict(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(pickle.loads(request.body)))  # finding: pickle-over-network configurable high source=http


class Upload(View):
    def put(self, request, name):
        return HttpResponse(str(pickle.loads(request.body)))  # finding: pickle-over-network configurable high source=http
