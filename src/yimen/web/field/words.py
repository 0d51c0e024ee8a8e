"""What the phone page's scripts say while it runs. They hold no words themselves; `{names}` are filled in by them."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Name → sentence in the active language."""
    return {**_entering(), **_reporting(), **_sending(), **_working()}


def _entering() -> dict[str, str]:
    return {
        "app.name": _("一扇门 · 网格上报"),
        "app.short": _("网格上报"),
        "missing.wechat": _("请换浏览器打开"),
        "missing.wechat.words": _(
            "微信里的页面会被清空，写好的可能丢失。请点右上角“…”，选“在浏览器打开”，或复制网址到浏览器。"
        ),
        "missing.insecure": _("这个网址不能安全上报"),
        "missing.insecure.words": _(
            "网址要以 https 开头，手机才能加密保存和定位。请向中心要正确的网址，或请管理员按手册装好证书。"
        ),
        "missing.old": _("这个浏览器太旧"),
        "missing.old.words": _("请更新系统自带的浏览器，或换一个新的浏览器再打开。"),
        "copied": _("已复制"),
        "enrol.working": _("正在登记……"),
        "enrol.no_answer": _("没有连上中心。请到有信号的地方再试，码还能用。"),
        "enrol.code": _("这个码已经用过或过了时间，请再要一个。"),
        "enrol.empty": _("请填写登记码"),
        "enrol.label": _("手机"),
        "pin.short": _("至少六位数字"),
        "pin.differs": _("两遍不一样"),
        "pin.wrong": _("口令不对"),
        "pin.wait": _("试错太多次，请等 {seconds} 秒再试。"),
        "locked": _("已锁上"),
    }


def _reporting() -> dict[str, str]:
    return {
        "report.class": _("请选一个类别"),
        "report.phone": _("请填写电话号码，只用数字、空格和短横"),
        "report.settled": _("{name}，已现场处置完毕。"),
        "report.done": _("已写好，放进待发送"),
        "report.done.words": _("有信号就自动发出，中心收到后这里会显示编号。"),
        "report.settled.done": _("已记为当场解决"),
        "between": _("、"),
        "evidence.near": _("近景"),
        "evidence.far": _("远景"),
        "evidence.reference": _("参照物"),
        "evidence.before": _("处置前"),
        "evidence.after": _("处置后"),
        "evidence.other": _("照片"),
        "evidence.video": _("视频"),
        "evidence.wanted": _("这一类要拍：{names}。"),
        "filing": _("立案条件：{words}"),
        "photo.unreadable": _("这张照片读不出来，请用手机相机再拍一张。"),
        "photo.alt": _("{name}，{size}"),
        "photo.many": _("照片够多了，先发这一件。"),
        "video.too_long": _("视频太长或太大，请拍短一些，不超过 {seconds} 秒、{megabytes} MB。"),
        "place.none": _("没有得到位置。可以在图上点，或只写地点。"),
        "place.denied": _("手机没有允许定位。可以在图上点，或只写地点。"),
        "place.asking": _("正在定位……"),
        "place.phone": _("带上手机给的位置，误差约 {metres} 米"),
        "place.pin": _("带上图上点的位置"),
        "map.none": _("还没有下载网格图，有信号时会自动下载。"),
        "full": _("手机存不下了。请先发送，或导出后丢弃，再继续。"),
    }


def _sending() -> dict[str, str]:
    return {
        "count": _("{count} 件待发送"),
        "outbox.none": _("都已发出，没有待发送的。"),
        "outbox.some": _("有信号自动发送。发到一半断了也不要紧，下次接着发。"),
        "state.draft": _("草稿"),
        "state.ready": _("待发送"),
        "state.sending": _("发送中"),
        "state.retry": _("稍后再试"),
        "state.needs": _("要您处理"),
        "progress": _("已发 {sent}，共 {total}"),
        "why.no_answer": _("没有连上中心，会自动再试。"),
        "why.disk_full": _("中心暂时存不下，会自动再试。"),
        "why.other": _("中心暂时没有收下，会自动再试。"),
        "why.file_refused": _("文字已收到，有照片没有收下：{message}"),
        "stopped.switched_off": _("这部手机或您的使用权已被中心停用。写好的都还在，可以导出带到中心。"),
        "stopped.unknown_device": _("中心不认识这部手机，可能换了服务器。写好的都还在，请联系中心。"),
        "stopped.signature": _("中心没有认出这部手机的签名，请联系中心。写好的都还在。"),
        "stopped.slow_down": _("发得太快了，歇一会儿自动再发。"),
        "discard": _("丢弃这一件？"),
        "discard.about": _("丢弃后找不回来。没有发出的，中心也没有。"),
        "discard.yes": _("丢弃"),
        "leave": _("退出？"),
        "leave.clean": _("任务和日志会从这部手机删除，再进来要输口令。"),
        "leave.unsent": _("还有 {count} 件没有发出。它们会留在这部手机里，有信号就自动发送。"),
        "leave.yes": _("退出"),
        "unreadable": _("打不开的一件"),
    }


def _working() -> dict[str, str]:
    return {
        "tasks.none": _("还没有下载任务，有信号时会自动更新。"),
        "tasks.at": _("{time} 更新，保留三天"),
        "task.due": _("{time} 前"),
        "task.mine": _("已写好，待发送"),
        "task.done": _("已写好，放进待发送"),
        "task.send": _("提交"),
        "field.required": _("请填写"),
        "log.at": _("{time} 更新"),
        "log.none": _("还没有下载，有信号时会自动更新。"),
        "log.sent": _("已于 {time} 发给 {to}"),
        "log.send": _("发给网格长"),
        "log.send_to": _("发给 {to}"),
        "log.added": _("补好了，放进待发送"),
        "log.going": _("日志已放进待发送"),
        "log.line": _("日志 {day}"),
        "log.unsent": _("待发送"),
        "log.own": _("补记"),
        "storage.kept": _("浏览器答应长期保存"),
        "storage.may_go": _("浏览器可能清理，请常发送"),
    }
