"""The few names of PySpark that the package uses, as small as they can be, for a machine that has no PySpark.

They show that the package can be imported and what it asks of PySpark; they cannot show that PySpark does it.
"""

import functools
import sys
import types


class Param:
    def __init__(self, parent, name, doc, typeConverter=None):
        self.name, self.doc, self.convert = name, doc, typeConverter


class TypeConverters:
    @staticmethod
    def _one(kind, value):
        if type(value) is not kind:
            raise TypeError(f"expected {kind.__name__}, found {value!r}")
        return value

    toString = staticmethod(functools.partial(_one.__func__, str))
    toInt = staticmethod(functools.partial(_one.__func__, int))
    toBoolean = staticmethod(functools.partial(_one.__func__, bool))


class Params:
    def __init__(self):
        self.uid = type(self).__name__ + "_1"
        self.values, self.defaults = {}, {}

    @staticmethod
    def _dummy():
        return None

    def _set(self, **values):
        for name, value in values.items():
            self.values[name] = getattr(self, name).convert(value)
        return self

    def _setDefault(self, **values):
        self.defaults.update({name: getattr(self, name).convert(value) for name, value in values.items()})

    def getOrDefault(self, param):
        return {**self.defaults, **self.values}[param.name]

    def _resetUid(self, uid):
        self.uid = uid


class JavaStage:
    def __init__(self, name, uid):
        self.name, self._uid = name, uid

    def getClass(self):
        return self

    def getName(self):
        return self.name

    def uid(self):
        return self._uid


class JavaParams(Params):
    @staticmethod
    def _from_java(java_stage):
        return "theirs: " + java_stage.getName()

    @staticmethod
    def _new_java_obj(name, uid):
        return JavaStage(name, uid)

    def _transfer_params_from_java(self):
        self.transferred = True


class JavaTransformer(JavaParams):
    def transform(self, dataset):
        return ("transformed", dataset)


class JavaMLReader:
    def __init__(self, clazz):
        self.java_class = self._java_loader_class(clazz)


class JavaMLReadable:
    pass


class JavaMLWritable:
    pass


def keyword_only(func):
    @functools.wraps(func)
    def wrapper(self, **kwargs):
        self._input_kwargs = kwargs
        return func(self, **kwargs)

    return wrapper


def install():
    """Puts them where ``import pyspark`` looks."""
    modules = {
        "pyspark": dict(keyword_only=keyword_only),
        "pyspark.ml": {},
        "pyspark.ml.param": dict(Param=Param, Params=Params, TypeConverters=TypeConverters),
        "pyspark.ml.util": dict(
            JavaMLReader=JavaMLReader, JavaMLReadable=JavaMLReadable, JavaMLWritable=JavaMLWritable
        ),
        "pyspark.ml.wrapper": dict(JavaParams=JavaParams, JavaTransformer=JavaTransformer),
        "pyspark.sql": dict(Column=tuple, DataFrame=object, SparkSession=object),
        "pyspark.sql.functions": dict(
            call_function=lambda name, *columns: (name, *columns),
            create_map=lambda *columns: ("map", *columns),
            lit=lambda value: ("lit", value),
        ),
    }
    for name, names in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(names)
        sys.modules[name] = module
