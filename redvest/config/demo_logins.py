"""Who may sign in to the demo, with which password, and what to try first."""

from dataclasses import dataclass

PASSWORD = "redvest-demo"  # noqa: S105 - printed for everybody to try


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account; role and first steps in Chinese and English."""

    username: str
    name: str
    role: tuple[str, str]
    first: tuple[str, str]


LOGINS = (
    Login(
        "bureau",
        "周启明",
        ("区应急管理局指挥员", "coordinator of the bureau"),
        ("看态势，发召集，定下沉方案，排班并发布", "see the situation, call people up, deploy, roster and publish"),
    ),
    Login(
        "street",
        "罗素芬",
        ("李家沱街道调度员", "coordinator of the subdistrict Lijiatuo"),
        ("看街道各社区的缺口，安排岗位和班次", "see where hands are short, plan posts and shifts"),
    ),
    Login(
        "worker1",
        "蒋小琴",
        ("其龙社区工作者", "community worker of Qilong"),
        (
            "查人员和住户，登记到岗，物资入库和发放",
            "look up households, check people in, receive and hand out supplies",
        ),
    ),
    Login(
        "worker2",
        "谭永平",
        ("宝盖寺社区工作者", "community worker of Baogaisi"),
        ("处理主动请缨，记录交接", "answer offers to help, note handovers"),
    ),
    Login(
        "worker3",
        "龚雪",
        ("滨江社区工作者", "community worker of Binjiang"),
        ("看岗位在岗情况", "see who is on post"),
    ),
    Login(
        "staff01",
        "汪立诚",
        ("应急管理局下沉人员（手机端）", "staff of the bureau, on a phone"),
        ("回应召集，看任务和班次，签到", "answer the call-up, see orders and shifts, check in"),
    ),
    Login(
        "v001",
        "沈雨桐",
        ("其龙社区志愿者（手机端）", "volunteer of Qilong, on a phone"),
        ("报名空缺班次，填可服务时间", "take an open shift, say when you can serve"),
    ),
    Login(
        "admin",
        "管一心",
        ("系统管理员", "administrator"),
        ("管理角色，查看操作记录", "give roles, read the trail"),
    ),
)


def accounts(*, zh: bool) -> str:
    """The text that the command prints after a start, in Chinese or English."""
    index = 0 if zh else 1
    head = f"演示账号（密码均为 {PASSWORD}）" if zh else f"Demo accounts (the password of all is {PASSWORD})"
    lines = [head]
    for login in LOGINS:
        lines.append(f"  {login.username:<8} {login.name}  {login.role[index]}: {login.first[index]}")
    return "\n".join(lines)
