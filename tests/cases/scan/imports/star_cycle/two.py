from one import *
from three import *
