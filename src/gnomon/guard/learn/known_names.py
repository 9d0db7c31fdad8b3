"""The tables behind `hazards`: modules and names by what is publicly known of them, each with its reason.

From the documentation of Python and of the libraries, and from what published scanners (picklescan, fickling,
modelscan) and their advisories name. A name that is not here is not harmless: it is unknown.
"""

from collections.abc import Mapping
from typing import Final

_PROCESS = "starts a process"
_TEXT = "evaluates text or code that the pickle brings"
_IMPORTS = "imports or runs a file or module that the pickle names"
_ATTRIBUTES = "reads or sets attributes: chains to anything"
_PICKLE = "loads another pickle, or code in another format"
_FILES = "opens, writes or deletes files"
_NETWORK = "opens a connection, or listens"
_NATIVE = "calls native code, or reads and writes memory"
_INTERPRETER = "reaches into the interpreter: modules, frames, objects, hooks"
_CALLS = "calls what the pickle gives it"
_THREADS = "starts a thread or process, or leaves something to be called later"
_INSTALLS = "installs packages, which run code of their own"

_MODULES: Final[Mapping[str, str]] = {
    _PROCESS: """
        os posix nt subprocess _posixsubprocess popen2 pty commands webbrowser pexpect sh plumbum fabric invoke
        paramiko _osx_support _aix_support platform torch.utils.collect_env""",
    _TEXT: """
        code codeop timeit doctest pdb bdb profile cProfile trace cloudpickle dill idlelib unittest test
        numpy.f2py numpy.testing numexpr asteval RestrictedPython jinja2 mako torch._dynamo torch._inductor
        torch.jit torch.utils.bottleneck torch.utils._config_module torch.fx.experimental.symbolic_shapes
        sympy.parsing pandas.core.computation joblib.externals.cloudpickle srsly.cloudpickle""",
    _IMPORTS: """
        importlib _frozen_importlib _frozen_importlib_external _imp imp pkgutil runpy zipimport site pydoc
        py_compile compileall modulefinder venv torch.hub torch.package pkg_resources stevedore""",
    _INSTALLS: "pip ensurepip setuptools distutils numpy.distutils torch.utils.cpp_extension conda",
    _PICKLE: """
        pickle _pickle cPickle marshal shelve dbm jsonpickle yaml ruamel.yaml joblib.numpy_pickle pickle5
        zodbpickle klepto diskcache lib2to3 torch.serialization torch.distributed.rpc
        torch.utils.data.datapipes.utils.decoder""",
    _FILES: """
        shutil tempfile glob fileinput linecache filecmp tarfile zipfile bz2 lzma gzip mmap sqlite3 _sqlite3
        fcntl logging mailbox netrc fsspec s3fs gcsfs smart_open""",
    _NETWORK: """
        socket _socket ssl _ssl http urllib urllib2 urllib3 httplib httplib2 httpx requests.api
        requests.sessions requests.adapters aiohttp websockets ftplib smtplib imaplib poplib telnetlib nntplib
        xmlrpc socketserver asyncio syslog boto3 botocore grpc""",
    _NATIVE: "ctypes _ctypes cffi _cffi_backend numpy.ctypeslib torch.ops llvmlite numba.core cppyy",
    _INTERPRETER: "sys gc inspect faulthandler tracemalloc signal _signal atexit _interpreters _xxsubinterpreters",
    _THREADS: "threading _thread sched multiprocessing.util multiprocessing.spawn multiprocessing.forkserver",
}
_NAMES: Final[Mapping[str, str]] = {
    _PROCESS: "uuid:_get_command_stdout uuid:getnode uuid:uuid1 torch._inductor.codecache:compile_file",
    _TEXT: """
        builtins:eval builtins:exec builtins:execfile builtins:compile builtins:input builtins:breakpoint
        types:FunctionType types:LambdaType types:CodeType types:new_class types:prepare_class types:coroutine
        collections:namedtuple dataclasses:make_dataclass typing:get_type_hints typing:_eval_type
        typing:ForwardRef._evaluate pandas:eval pandas:DataFrame.eval pandas:DataFrame.query
        pandas.core.frame:DataFrame.eval pandas.core.frame:DataFrame.query torch:compile
        torch.fx.graph_module:reduce_graph_module torch.fx.graph_module:reduce_package_graph_module
        torch.fx.graph_module:reduce_deploy_graph_module torch.fx.graph_module:_forward_from_src sympy:sympify
        sympy.core.sympify:sympify sympy:parse_expr gettext:c2py""",
    _IMPORTS: "builtins:__import__ builtins:__loader__ builtins:__spec__ builtins:reload",
    _ATTRIBUTES: """
        builtins:getattr builtins:setattr builtins:delattr builtins:vars builtins:globals builtins:locals
        builtins:dir operator:attrgetter _operator:attrgetter operator:methodcaller _operator:methodcaller
        builtins:super types:DynamicClassAttribute functools:update_wrapper functools:wraps""",
    _CALLS: """
        functools:reduce _functools:reduce functools:singledispatch builtins:apply operator:call _operator:call
        torch.overrides:handle_torch_function torch._tensor:_rebuild_from_type_v2
        torch._tensor:_rebuild_from_type copy:_reconstruct""",
    _PICKLE: """
        pandas:read_pickle pandas.io.pickle:read_pickle joblib:load numpy:load numpy:loads numpy.lib.npyio:load
        numpy.lib._npyio_impl:load numpy.lib.npyio:NpzFile numpy.lib.format:read_array
        numpy.lib._format_impl:read_array torch:load sklearn.externals.joblib:load pstats:Stats
        keras.models:load_model tensorflow.keras.models:load_model""",
    _FILES: """
        builtins:open builtins:file io:open _io:open io:FileIO _io:FileIO io:open_code _io:open_code codecs:open
        numpy:fromfile numpy:memmap numpy:save numpy:savez numpy:savez_compressed numpy:savetxt numpy:loadtxt
        numpy:genfromtxt numpy:DataSource pandas.io.common:get_handle torch:save pathlib:Path.write_text
        pathlib:Path.write_bytes pathlib:Path.unlink pathlib:Path.open torch:from_file""",
    _THREADS: """
        multiprocessing:Process multiprocessing:Pool multiprocessing.process:BaseProcess
        multiprocessing.context:ForkProcess multiprocessing.dummy:Pool
        multiprocessing.pool:Pool multiprocessing.pool:ThreadPool concurrent.futures:ProcessPoolExecutor
        concurrent.futures:ThreadPoolExecutor concurrent.futures.process:ProcessPoolExecutor
        concurrent.futures.thread:ThreadPoolExecutor""",
    _NETWORK: """
        multiprocessing.connection:Client multiprocessing.connection:Listener
        requests:get requests:post requests:put requests:patch requests:delete requests:head requests:request
        requests:Session""",
}
_HARMLESS: Final[Mapping[str, str]] = {
    "a plain value": """
        builtins:set builtins:frozenset builtins:complex builtins:bytearray builtins:bytes builtins:str
        builtins:int builtins:float builtins:bool builtins:list builtins:tuple builtins:dict builtins:range
        builtins:slice builtins:object builtins:Ellipsis builtins:NotImplemented datetime:datetime datetime:date
        datetime:time datetime:timedelta datetime:timezone decimal:Decimal fractions:Fraction uuid:UUID
        uuid:SafeUUID array:array array:_array_reconstructor types:SimpleNamespace types:NoneType
        types:MappingProxyType ipaddress:IPv4Address ipaddress:IPv6Address ipaddress:IPv4Network
        ipaddress:IPv6Network ipaddress:IPv4Interface ipaddress:IPv6Interface time:struct_time""",
    "a container": """
        collections:OrderedDict collections:deque collections:Counter collections:ChainMap collections:UserDict
        collections:UserList collections:UserString _collections:deque _collections:OrderedDict""",
    "an iterator over what the pickle holds": """
        builtins:iter builtins:enumerate builtins:reversed builtins:zip itertools:count itertools:repeat
        itertools:chain itertools:islice itertools:cycle""",
    "a path: nothing is opened until the program does": """
        pathlib:Path pathlib:PosixPath pathlib:WindowsPath pathlib:PurePath pathlib:PurePosixPath
        pathlib:PureWindowsPath pathlib._local:PosixPath pathlib._local:Path pathlib._local:PurePosixPath""",
    "a member of an enumeration": """
        re:RegexFlag http:HTTPStatus http:HTTPMethod socket:AddressFamily socket:SocketKind socket:AddressInfo
        signal:Signals inspect:_ParameterKind enum:auto""",
    "a value object of a module whose functions do more": """
        inspect:Signature inspect:Parameter logging:getLogger logging:LogRecord logging:RootLogger
        asyncio.exceptions:CancelledError asyncio.exceptions:TimeoutError http.cookies:SimpleCookie
        http.cookies:Morsel http.cookiejar:Cookie multiprocessing.context:TimeoutError
        multiprocessing.process:AuthenticationString multiprocessing.pool:RemoteTraceback
        multiprocessing.pool:ExceptionWithTraceback multiprocessing.pool:MaybeEncodingError
        concurrent.futures.process:_ExceptionWithTraceback concurrent.futures.process:_RemoteTraceback
        concurrent.futures.process:_CallItem concurrent.futures.process:_ResultItem urllib.parse:ParseResult
        urllib.parse:SplitResult""",
    "makes an instance by its class's __new__; the class is a name of its own": """
        copyreg:_reconstructor copyreg:__newobj__ copyreg:__newobj_ex__""",
    "an exception of a worker, with its traceback as text": """
        multiprocessing.pool:rebuild_exc concurrent.futures.process:_rebuild_exc""",
    "bytes as Python 2 wrote them: text and the name of an encoding": "_codecs:encode codecs:encode",
    "a regular expression: compiled, never run by itself, though a bad one may match slowly": "re:_compile",
    "a time zone, found by its name in the system's data": "zoneinfo:ZoneInfo zoneinfo:ZoneInfo._unpickle",
    "a random generator's state": """
        random:Random numpy.random._pickle:__generator_ctor numpy.random._pickle:__bit_generator_ctor
        numpy.random._pickle:__randomstate_ctor numpy.random._pcg64:PCG64 numpy.random._pcg64:PCG64DXSM
        numpy.random._mt19937:MT19937 numpy.random._philox:Philox numpy.random._sfc64:SFC64
        numpy.random.bit_generator:SeedSequence numpy.random.bit_generator:__pyx_unpickle_SeedSequence
        torch._C:Generator""",
    "an array's shape, type and numbers; what an array of objects holds has names of its own": """
        numpy:ndarray numpy:dtype numpy:matrix numpy:recarray numpy:record numpy.rec:recarray numpy:ufunc
        numpy.core.multiarray:_reconstruct numpy._core.multiarray:_reconstruct numpy.core.multiarray:scalar
        numpy._core.multiarray:scalar numpy.core.numeric:_frombuffer numpy._core.numeric:_frombuffer
        numpy.ma:MaskedArray numpy.ma.core:MaskedArray numpy.ma.core:_mareconstruct numpy:poly1d numpy:bool_
        numpy:bool numpy:int8 numpy:int16 numpy:int32 numpy:int64 numpy:uint8 numpy:uint16 numpy:uint32
        numpy:uint64 numpy:float16 numpy:float32 numpy:float64 numpy:longdouble numpy:complex64 numpy:complex128
        numpy:str_ numpy:bytes_ numpy:datetime64 numpy:timedelta64""",
    "a tensor's shape, type and storage": """
        torch._utils:_rebuild_tensor torch._utils:_rebuild_tensor_v2 torch._utils:_rebuild_tensor_v3
        torch._utils:_rebuild_parameter torch._utils:_rebuild_qtensor torch._utils:_rebuild_sparse_tensor
        torch._utils:_rebuild_meta_tensor_no_storage torch._utils:_rebuild_nested_tensor
        torch._utils:_rebuild_device_tensor_from_numpy torch._utils:_rebuild_device_tensor_from_cpu_tensor
        torch:Size torch:device torch:Tensor torch:dtype torch.nn.parameter:Parameter torch.nn.parameter:Buffer
        torch.serialization:_get_layout torch:UntypedStorage torch.storage:UntypedStorage
        torch.storage:TypedStorage torch:FloatStorage torch:DoubleStorage torch:HalfStorage
        torch:BFloat16Storage torch:LongStorage torch:IntStorage torch:ShortStorage torch:CharStorage
        torch:ByteStorage torch:BoolStorage torch:ComplexFloatStorage torch:ComplexDoubleStorage
        torch:QInt8Storage torch:QInt32Storage torch:QUInt8Storage torch:QUInt4x2Storage torch:QUInt2x4Storage
        torch:float16 torch:float32 torch:float64 torch:bfloat16 torch:int8 torch:int16 torch:int32 torch:int64
        torch:uint8 torch:bool torch:complex64 torch:complex128 torch:per_tensor_affine torch:per_channel_affine""",
    "a table of pandas: its blocks, indexes and times": """
        pandas.core.frame:DataFrame pandas.core.series:Series pandas.core.internals.managers:BlockManager
        pandas.core.internals.managers:SingleBlockManager pandas._libs.internals:_unpickle_block
        pandas.core.indexes.base:Index pandas.core.indexes.base:_new_Index pandas.core.indexes.range:RangeIndex
        pandas._libs.tslibs.timestamps:_unpickle_timestamp pandas._libs.tslibs.timedeltas:_timedelta_unpickle
        pandas._libs.arrays:__pyx_unpickle_NDArrayBacked""",
}
_LOOK: Final[Mapping[str, str]] = {
    "keeps a function to be called later, with the sender's arguments; the function is a name of its own": """
        functools:partial functools:partialmethod _functools:partial collections:defaultdict""",
    "calls a function over what the pickle holds, once somebody iterates": """
        builtins:map builtins:filter itertools:starmap""",
    "with one argument a type; with three it makes a class": """
        builtins:type abc:ABCMeta enum:EnumMeta enum:EnumType enum:Enum""",
    "reads an item: of a table of modules or globals that would be anything": """
        operator:itemgetter _operator:itemgetter""",
    "binds a function to an object; both are names or values of their own": "types:MethodType",
    "makes an empty module object; nothing is imported": "types:ModuleType",
    "a worker's task: calls the function that it carries, which is a name of its own": """
        multiprocessing.pool:mapstar multiprocessing.pool:starmapstar concurrent.futures.process:_process_chunk
        joblib.parallel:BatchedCalls""",
    "one of multiprocessing's own objects, as it sends them to a process that starts": """
        multiprocessing.context:Process multiprocessing.context:SpawnContext multiprocessing.context:SpawnProcess
        multiprocessing.context:ForkServerContext multiprocessing.context:ForkServerProcess
        multiprocessing.context:DefaultContext multiprocessing.pool:worker concurrent.futures.process:_process_worker
        multiprocessing.popen_spawn_posix:_DupFd
        multiprocessing.popen_forkserver:_DupFd
        multiprocessing.connection:Connection multiprocessing.managers:Token
        multiprocessing.managers:MakeProxyType multiprocessing.managers:BaseProxy
        multiprocessing.managers:NamespaceProxy""",
    "loads another pickle, whose names guard checks too, or a TorchScript archive, in native code": """
        torch.storage:_load_from_bytes""",
    "loads another pickle for an array of objects, whose names guard checks too": """
        joblib.numpy_pickle:NumpyArrayWrapper joblib.numpy_pickle_compat:NDArrayWrapper
        joblib.numpy_pickle_compat:ZNDArrayWrapper""",
    "maps memory, or connects to an address, that the sender names": """
        torch.multiprocessing.reductions:rebuild_storage_fd
        torch.multiprocessing.reductions:rebuild_storage_filename
        torch.multiprocessing.reductions:rebuild_cuda_tensor torch.multiprocessing.reductions:rebuild_tensor
        torch.multiprocessing.reductions:rebuild_typed_storage multiprocessing.resource_sharer:DupFd
        multiprocessing.reduction:_rebuild_socket multiprocessing.connection:rebuild_connection
        multiprocessing.reduction:rebuild_connection multiprocessing.managers:RebuildProxy
        multiprocessing.managers:AutoProxy multiprocessing.shared_memory:SharedMemory""",
    "a lock or queue of multiprocessing, opened by the name that the sender gives": """
        multiprocessing.synchronize:Lock multiprocessing.synchronize:RLock multiprocessing.synchronize:Semaphore
        multiprocessing.synchronize:BoundedSemaphore multiprocessing.synchronize:Condition
        multiprocessing.synchronize:Barrier multiprocessing.synchronize:Event multiprocessing.queues:Queue
        multiprocessing.queues:JoinableQueue multiprocessing.queues:SimpleQueue
        concurrent.futures.process:_SafeQueue""",
    "calls __reduce_ex__ or __deepcopy__ of what the pickle gives it": "copy:copy copy:deepcopy",
}
REACHING: Final = frozenset({
    "__globals__", "__builtins__", "__subclasses__", "__mro__", "__bases__", "__base__", "__dict__", "__code__",
    "__closure__", "__getattribute__", "__getattr__", "__loader__", "__spec__", "__func__", "__self__", "__wrapped__",
    "__import__", "__class__", "f_globals", "f_back", "gi_frame", "cr_frame", "tb_frame",
})  # fmt: skip
"""Attributes from which everything in the interpreter can be had."""


def _by_name(table: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """(module, qualified name) -> reason."""
    return {
        (module, name): why
        for why, names in table.items()
        for module, _, name in (written.partition(":") for written in names.split())
    }


MODULES: Final[Mapping[str, str]] = {module: why for why, modules in _MODULES.items() for module in modules.split()}
"""Module, standing for all below it -> what its names do."""
NAMES: Final[Mapping[tuple[str, str], str]] = _by_name(_NAMES)
HARMLESS: Final[Mapping[tuple[str, str], str]] = _by_name(_HARMLESS)
LOOK: Final[Mapping[tuple[str, str], str]] = _by_name(_LOOK)
"""Neither: whether they are harmless depends on what else may be loaded beside them."""
